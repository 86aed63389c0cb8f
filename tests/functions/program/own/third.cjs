module.exports = (x) => x / 3;
