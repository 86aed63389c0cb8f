const exportsByName = [
  { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
  { selector: 'ExportAllDeclaration', message: 'List what the package promises by name.' },
];

const plainTypes = [
  { selector: 'TSEnumDeclaration', message: 'A union of string literals says the same and reads well on the wire.' },
];

/** What no file under `src` may contain. */
export const generalSyntax = [
  ...exportsByName,
  ...plainTypes,
  {
    selector: ":matches(NewExpression, CallExpression)[callee.name='Error']",
    message: 'Throw a GridError with a code, or use invariant() for a bug of ours.',
  },
];

/** What tests may not contain either. */
export const testSyntax = [
  ...exportsByName,
  ...plainTypes,
  {
    selector: "CallExpression[callee.object.name='jest'][callee.property.name=/^(mock|doMock|unstable_mockModule)$/]",
    message: 'If a thing is hard to fake, its port is missing.',
  },
];
