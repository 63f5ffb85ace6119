// Stands in for string-width, which takes longer to load (Intl.Segmenter, the table of all emoji) than a command to run.
// Printable ASCII, nearly all there is to measure, needs none of it.
const PLAIN = /^[\x20-\x7e]*$/;
let measure;

module.exports = (text, options) => {
  if (PLAIN.test(text)) return text.length;
  measure ??= require('lib-string-width').default;
  return measure(text, options);
};
