# Two repeats of equal size and a changed sample: what edgeR says of them.
source("../long_table.R")
suppressMessages(library(edgeR))
set.seed(6)
kinds <- 300
mu <- exp(rnorm(kinds, 2, 1))
draw <- function(mu) rnbinom(length(mu), mu = mu, size = 1 / 0.2)
counts <- data.frame(first = draw(mu), second = draw(mu))
changed <- mu; changed[1:20] <- changed[1:20] * 6
counts$after <- draw(changed)
# Equal sizes: edgeR then leaves counts as they are.
level <- function(x, total) { x[length(x)] <- 0; x[length(x)] <- total - sum(x); x }
counts[] <- lapply(counts, level, total = max(colSums(counts)) + 20)
write.csv(counts, "counts.csv", row.names = FALSE, quote = FALSE)
repeats <- DGEList(as.matrix(counts[, c("first", "second")]), group = c(1, 1))
keep <- rowSums(repeats$counts) >= 2
# edgeR fits the common dispersion to rows above a filter; the sizes stay those of all rows.
dispersion <- estimateCommonDisp(repeats, tol = 1e-12, rowsum.filter = 1.5)$common.dispersion
put("replicates", "dispersion", dispersion)
put("replicates", "n_kinds", sum(keep))
pair <- DGEList(as.matrix(counts[, c("first", "after")]), group = c(1, 2))
pair$common.dispersion <- 0.2
tested <- exactTest(pair, dispersion = 0.2, rejection.region = "doubletail", big.count = 1e6, prior.count = 0)
put("changed", "p_values", tested$table$PValue)
save_rows(c("edgeR"))
