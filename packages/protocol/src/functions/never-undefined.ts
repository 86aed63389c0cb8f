import type { AnyNode } from 'acorn';

/** Tells whether an expression gives something other than `undefined` whenever it gives anything. */
export function isNeverUndefined(node: AnyNode): boolean {
  switch (node.type) {
    case 'Literal':
    case 'TemplateLiteral':
    case 'ArrayExpression':
    case 'ObjectExpression':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'ClassExpression':
    case 'NewExpression':
    case 'BinaryExpression':
    case 'UpdateExpression':
    case 'ImportExpression':
    case 'MetaProperty':
      return true;
    case 'UnaryExpression':
      return node.operator !== 'void';
    case 'AssignmentExpression':
      return node.operator === '=' && isNeverUndefined(node.right);
    case 'SequenceExpression':
      return isNeverUndefined(node.expressions.at(-1) as AnyNode);
    case 'ConditionalExpression':
      return isNeverUndefined(node.consequent) && isNeverUndefined(node.alternate);
    case 'LogicalExpression':
      return isNeverUndefined(node.right) && (node.operator !== '&&' || isNeverUndefined(node.left));
    case 'CallExpression':
      // What esbuild puts around functions, so that they keep their names.
      return node.callee.type === 'Identifier' && node.callee.name === '__name';
    default:
      return false;
  }
}
