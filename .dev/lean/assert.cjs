// Stands in for node:assert, of which yargs uses these two and Node takes long to load the whole.
const check = (isGood, message) => {
  if (!isGood) throw new Error(message);
};

module.exports = {
  strictEqual: (actual, expected, message) => check(Object.is(actual, expected), message),
  notStrictEqual: (actual, expected, message) => check(!Object.is(actual, expected), message),
};
