// What the JavaScript reader `fcs` sees in the files: events and sums, appended to the CSV.
const fs = require("fs");
const path = require("path");
const FCS = require("fcs");

const [versions, rows, ...files] = process.argv.slice(2);
for (const file of files) {
  const data = new FCS({ dataFormat: "asNumber", eventsToRead: -1 }, fs.readFileSync(file));
  const events = data.dataAsNumbers;
  for (let channel = 0; channel < events[0].length; channel += 1) {
    const name = data.text["$P" + (channel + 1) + "N"];
    const total = events.reduce((sum, event) => sum + event[channel], 0);
    const row = [path.basename(file, ".fcs"), "fcs.js", events.length, name, "sum", total];
    fs.appendFileSync(rows, row.join(",") + "\n");
  }
}
const version = require("fcs/package.json").version;
fs.appendFileSync(versions, "fcs (npm) " + version + ", node " + process.version + "\n");
