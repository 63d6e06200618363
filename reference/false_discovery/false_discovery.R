source("../long_table.R")
p <- c(0.01, 0.02, 0.03, 0.04, 0.05, NA, 0.05, 1, 0.9, 1e-12, 0, NA, 0.2)
put("mixed", "p", p); put("mixed", "q", p.adjust(p, "BH"))
set.seed(1)
p <- runif(40)^2
put("random", "p", p); put("random", "q", p.adjust(p, "BH"))
save_rows("stats")
