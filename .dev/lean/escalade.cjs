// Stands in for escalade, with which yargs looks through the directories for a package.json to take its own settings and
// the version from. We have none there, and tell it the version.
module.exports = () => undefined;
