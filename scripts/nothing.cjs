// Stands in for a part of a bundled library that is never needed: see `bundle.mjs`.
module.exports = {}
