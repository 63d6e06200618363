# Expected kinds in subsamples, Hill numbers of whole samples and Chao's bounds, by vegan.
source("../long_table.R")
suppressMessages(library(vegan))
set.seed(4)
clones <- sort(rnbinom(400, mu = 6, size = 0.3), decreasing = TRUE)
clones <- clones[clones > 0]
write.csv(data.frame(count = clones), "clones.csv", row.names = FALSE, quote = FALSE)
sizes <- c(1, 2, 50, 500, 1500)
put("subsamples", "size", sizes)
put("subsamples", "kinds", sapply(sizes, function(m) rarefy(clones, m)))
put("whole", "hill", renyi(clones, scales = c(0, 1, 2), hill = TRUE))
put("whole", "shannon", diversity(clones, "shannon"))
put("whole", "evenness", diversity(clones, "shannon") / log(specnumber(clones)))
put("whole", "concentration", 1 - diversity(clones, "simpson"))
# Bias-corrected: the form of estimateR.
put("whole", "chao1_corrected", estimateR(clones)[["S.chao1"]])
put("whole", "once_twice", c(sum(clones == 1), sum(clones == 2)))
save_rows(c("vegan"))
