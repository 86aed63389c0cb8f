/* What only sloppy functions may do. */
exports.thisOf = function () {
  return typeof this;
};
exports.undeclared = function () {
  // eslint-disable-next-line no-with -- that is what it is here for
  with ({ a: 3 }) return a;
};
