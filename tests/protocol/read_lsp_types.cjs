// Reads the types of the npm package vscode-languageserver-protocol, of which LSP's meta model is made (the package
// itself has only the meta model's schema in it), and prints them in the meta model's own terms:
//
//     node read_lsp_types.cjs NODE_MODULES
//
// {structures: {name: {properties: [{name, type, optional}], extends: [type]}}, typeAliases: {name: type},
//  requests: {method: {params, result, messageDirection}}, notifications: {method: {params, messageDirection}}}
'use strict';
const fs = require('fs');
const path = require('path');

const modules = path.resolve(process.argv[2]);
const ts = require(path.join(modules, 'typescript'));
const library = require(path.join(modules, 'vscode-languageserver-protocol'));

const model = { structures: {}, typeAliases: {}, requests: {}, notifications: {} };

const BASE = new Map([
  [ts.SyntaxKind.StringKeyword, 'string'], [ts.SyntaxKind.NumberKeyword, 'decimal'],
  [ts.SyntaxKind.BooleanKeyword, 'boolean'], [ts.SyntaxKind.AnyKeyword, 'any'], [ts.SyntaxKind.UnknownKeyword, 'any'],
  [ts.SyntaxKind.ObjectKeyword, 'object'], [ts.SyntaxKind.VoidKeyword, 'null'], [ts.SyntaxKind.NeverKeyword, 'never'],
  [ts.SyntaxKind.UndefinedKeyword, 'never'],
]);
const base = (name) => ({ kind: 'base', name });

// `open` holds the names of the type parameters in sight, which stand for anything.
function typeOf(node, open) {
  if (BASE.has(node.kind)) return base(BASE.get(node.kind));
  if (ts.isParenthesizedTypeNode(node)) return typeOf(node.type, open);
  if (ts.isArrayTypeNode(node)) return { kind: 'array', element: typeOf(node.elementType, open) };
  if (ts.isUnionTypeNode(node)) return { kind: 'or', items: node.types.map((type) => typeOf(type, open)) };
  if (ts.isIntersectionTypeNode(node)) return { kind: 'and', items: node.types.map((type) => typeOf(type, open)) };
  if (ts.isTupleTypeNode(node)) return { kind: 'tuple', items: node.elements.map((type) => typeOf(type, open)) };
  if (ts.isTypeOperatorNode(node)) return typeOf(node.type, open);
  if (ts.isTypeLiteralNode(node)) return literalOf(node, open);
  if (ts.isLiteralTypeNode(node)) {
    const literal = node.literal;
    if (literal.kind === ts.SyntaxKind.NullKeyword) return base('null');
    if (ts.isStringLiteral(literal)) return { kind: 'literal', value: literal.text };
    return { kind: 'literal', value: JSON.parse(literal.getText()) };
  }
  if (ts.isTypeReferenceNode(node)) {
    const name = node.typeName.getText();
    const inner = (node.typeArguments ?? []).map((type) => typeOf(type, open));
    if (open.has(name)) return base('any');
    if (name === 'Array' || name === 'ReadonlyArray') return { kind: 'array', element: inner[0] };
    if (name === 'Record') return { kind: 'map', value: inner[1] };
    return { kind: 'reference', name };
  }
  return base('any');
}

function literalOf(node, open) {
  const index = node.members.find(ts.isIndexSignatureDeclaration);
  if (index) return { kind: 'map', value: typeOf(index.type, open) };
  return { kind: 'structure', properties: propertiesOf(node, open) };
}

const propertiesOf = (node, open) => node.members.filter(ts.isPropertySignature).map((member) => ({
  name: member.name.text ?? member.name.getText(), optional: Boolean(member.questionToken), type: typeOf(member.type, open),
}));

function readMessage(node) {
  const name = node.name.text;
  const constants = new Map();
  for (const statement of node.body.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const declaration of statement.declarationList.declarations) constants.set(declaration.name.getText(), declaration.type);
  }
  const type = constants.get('type');
  const method = library[name]?.method ?? library[name]?.type?.method;
  if (!type || !method || !ts.isTypeReferenceNode(type)) return;
  const inner = (type.typeArguments ?? []).map((argument) => typeOf(argument, new Set()));
  const without = type.typeName.getText().endsWith('0');
  const entry = { params: without ? null : inner[0], messageDirection: library[name].messageDirection ?? 'both' };
  if (type.typeName.getText().includes('Request')) {
    model.requests[method] = { ...entry, result: inner[without ? 0 : 1] };
  } else {
    model.notifications[method] = entry;
  }
}

function read(file) {
  const source = ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.ES2020, true);
  for (const node of source.statements) {
    const open = new Set((node.typeParameters ?? []).map((parameter) => parameter.name.text));
    if (ts.isInterfaceDeclaration(node)) {
      const parents = (node.heritageClauses ?? []).flatMap((clause) => clause.types);
      model.structures[node.name.text] = {
        properties: propertiesOf(node, open),
        extends: parents.map((parent) => ({ kind: 'reference', name: parent.expression.getText() })),
      };
    } else if (ts.isTypeAliasDeclaration(node)) {
      model.typeAliases[node.name.text] = typeOf(node.type, open);
    } else if (ts.isModuleDeclaration(node) && /(Request|Notification)$/.test(node.name.text)) {
      readMessage(node);
    }
  }
}

read(path.join(modules, 'vscode-languageserver-types/lib/umd/main.d.ts'));
const common = path.join(modules, 'vscode-languageserver-protocol/lib/common');
for (const file of fs.readdirSync(common).sort()) if (/^protocol(\..*)?\.d\.ts$/.test(file)) read(path.join(common, file));
// What the package takes from its JSON-RPC library; the specification's words.
for (const name of ['integer', 'uinteger', 'decimal', 'DocumentUri', 'URI', 'LSPAny', 'LSPObject', 'LSPArray']) {
  delete model.typeAliases[name];
  delete model.structures[name];
}
model.typeAliases.ProgressToken = { kind: 'or', items: [{ kind: 'reference', name: 'integer' }, base('string')] };
console.log(JSON.stringify(model));
