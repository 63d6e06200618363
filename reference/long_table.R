# Writes results as rows of case, quantity, position, value with full precision.
rows <- list()
put <- function(case, quantity, values) {
  values <- as.numeric(values)
  rows[[length(rows) + 1]] <<- data.frame(
    case = case, quantity = quantity, position = seq_along(values) - 1L,
    value = formatC(values, digits = 17, format = "g")
  )
}
save_rows <- function(packages) {
  table <- do.call(rbind, rows)
  table$value <- trimws(table$value)
  table$value[table$value %in% c("NA", "NaN")] <- "nan"
  write.csv(table, "expected.csv", row.names = FALSE, quote = FALSE)
  versions <- vapply(packages, function(p) paste(p, packageVersion(p)), "")
  writeLines(c(R.version.string, versions), "versions.txt")
}
cohort <- read.csv("../cohort/cohort.csv")
