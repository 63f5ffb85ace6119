// Writes the types of the library as one file: the declarations of tsc that the exports use, and the records by their
// schemas.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { load } from './load.mjs';

const NAME = /^(?:export )?(?:declare )?(?:abstract )?(class|interface|type|const|function) (\w+)/m;

/** The declarations that `src/<entry>.ts` exports, and what they need. */
export async function buildDeclarations(top, entry) {
  const { buildJsonSchema } = await load('src/model/schema.ts');
  const { $defs: schemas } = buildJsonSchema();
  const emitted = mkdtempSync(join(tmpdir(), 'declarations-'));
  try {
    const options = [
      '--noEmit',
      'false',
      '--emitDeclarationOnly',
      '--declaration',
      '--stripInternal',
      '--strict',
      '--noCheck',
    ];
    const place = ['--rootDir', join(top, 'src'), '--outDir', emitted, '--ignoreConfig'];
    const as = ['--target', 'es2023', '--module', 'preserve', '--moduleResolution', 'bundler'];
    const more = ['--allowImportingTsExtensions', '--skipLibCheck', '--types', 'node', '--resolveJsonModule'];
    execFileSync(
      process.execPath,
      [
        join(top, 'node_modules/typescript/lib/tsc.js'),
        ...options,
        ...place,
        ...as,
        ...more,
        join(top, `src/${entry}.ts`),
      ],
      { cwd: top, stdio: ['ignore', 2, 2] },
    );
    return new Gathering(emitted, schemas).gather(entry);
  } finally {
    rmSync(emitted, { recursive: true });
  }
}

class Gathering {
  constructor(emitted, schemas) {
    this.emitted = emitted;
    this.schemas = schemas;
    this.files = new Map();
    /** The declarations by name, each with its file. */
    this.found = new Map();
  }

  gather(entry) {
    const file = this.read(join(this.emitted, `${entry}.d.ts`));
    const given = [...file.own.keys(), ...file.passedOn.keys()];
    for (const name of given) this.add(name, file);
    const parts = [...this.found.values()].map(({ text }) => text);
    const values = given.filter(
      (name) => /^declare (class|const|function)/m.test(this.found.get(name).text) && !file.types.has(name),
    );
    const classes = [...this.found].filter(
      ([name, { text }]) => /^declare class/m.test(text) && !values.includes(name),
    );
    const types = classes.map(([name]) => name);
    return [
      ...[...this.outside].map((line) => `${line}\n`),
      ...parts,
      `export { ${values.join(', ')} };`,
      types.length === 0 ? 'export {};' : `export type { ${types.join(', ')} };`,
      '',
    ].join('\n');
  }

  outside = new Set();

  add(name, file) {
    const from = file.passedOn.get(name) ?? file.imported.get(name);
    if (!file.own.has(name) && from !== undefined) {
      if (from === './index.ts') {
        this.outside.add(`import type { ${name} } from './index.cjs';`);
        return;
      }
      if (from.startsWith('.'))
        return this.add(name, this.read(resolve(file.path, '..', from.replace(/\.ts$/, '.d.ts'))));
      this.outside.add(`import type { ${name} } from '${from}';`);
      return;
    }
    const known = this.found.get(name);
    if (known !== undefined) {
      if (known.path !== file.path)
        throw new Error(`${name} is declared in ${known.path} and in ${file.path}.`);
      return;
    }
    const declared = this.declare(name, file);
    this.found.set(name, { path: file.path, text: declared });
    const words = new Set(declared.replace(/\/\*[^]*?\*\//g, '').match(/\b[A-Za-z_]\w*\b/g));
    for (const word of words)
      if (word !== name && (file.own.has(word) || file.imported.has(word))) this.add(word, file);
  }

  declare(name, file) {
    const text = file.own.get(name);
    const [, schema] = /= Of<'(\w+)'>;/.exec(text) ?? [];
    if (schema !== undefined) return `export interface ${name} ${renderType(this.schemas[schema])}`;
    return text
      .replaceAll(/import\("[^"]*"\)\./g, '')
      .replace(/^(?:export )?(?:declare )?((?:abstract )?(?:class|const|function))/m, 'declare $1');
  }

  read(path) {
    const known = this.files.get(path);
    if (known !== undefined) return known;
    const file = { path, own: new Map(), imported: new Map(), passedOn: new Map(), types: new Set() };
    this.files.set(path, file);
    let source = readFileSync(path, 'utf8');
    for (const [, space] of source.matchAll(/^import type \* as (\w+) from/gm))
      source = this.flatten(source, space, file);
    for (const [, kind, names, from] of source.matchAll(
      /^(import|export)(?: type)? \{([^}]*)\} from ['"]([^'"]+)['"];/gm,
    ))
      for (const name of names.split(',').map((each) => each.trim().replace(/^type /, '')))
        (kind === 'import' ? file.imported : file.passedOn).set(name, from);
    for (const [, names] of source.matchAll(/^export type \{([^}]*)\} from/gm))
      for (const name of names.split(',')) file.types.add(name.trim());
    // A comment belongs to what follows it. The first comment of a file may describe the file.
    for (const [statement] of source.matchAll(
      /^(?:\/\*\*(?:(?!\*\/)[^])*\*\/\n)?(?:export |declare |abstract )*(?:class|interface|type|const|function) \w[^]*?(?=^(?:\/\*\*|\w)|$(?![^]))/gm,
    )) {
      const [, , name] = NAME.exec(statement);
      file.own.set(name, statement.trimEnd());
    }
    return file;
  }

  /** Replaces `records.X` of `import type * as records` by X. */
  flatten(source, space, file) {
    const [, from] = new RegExp(`^import type \\* as ${space} from ['"]([^'"]+)['"]`, 'm').exec(source);
    const dotted = new RegExp(`\\b${space}\\.(\\w+)`, 'g');
    for (const [, name] of source.matchAll(dotted)) file.imported.set(name, from);
    return source.replaceAll(dotted, '$1');
  }
}

/** The TypeScript type of a JSON Schema, with its description. */
export function renderType(schema, indent = '') {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((each) => JSON.stringify(each)).join(' | ');
  if (schema.anyOf !== undefined) return schema.anyOf.map((each) => renderType(each, indent)).join(' | ');
  if (schema.prefixItems !== undefined)
    return `[${schema.prefixItems.map((each) => renderType(each, indent)).join(', ')}]`;
  if (schema.type === 'array') {
    const items = renderType(schema.items ?? {}, indent);
    return items.includes(' | ') && !items.startsWith('{') ? `(${items})[]` : `${items}[]`;
  }
  if (schema.type === 'object') return renderObject(schema, indent);
  return (
    { string: 'string', integer: 'number', number: 'number', boolean: 'boolean', null: 'null' }[
      schema.type
    ] ?? 'unknown'
  );
}

function renderObject({ properties = {}, required = [], additionalProperties }, indent) {
  const inner = `${indent}    `;
  const lines = Object.entries(properties).flatMap(([name, each]) => {
    const about =
      each.description ?? each.anyOf?.find(({ description }) => description !== undefined)?.description;
    const field = `${name}${required.includes(name) ? '' : '?'}: ${renderType(each, inner)};`;
    return about === undefined ? [field] : [`/** ${about} */`, field];
  });
  if (typeof additionalProperties === 'object' && Object.keys(properties).length === 0)
    lines.push(`[key: string]: ${renderType(additionalProperties, inner)};`);
  else if (additionalProperties !== undefined && additionalProperties !== false)
    lines.push('[key: string]: unknown;');
  return `{\n${lines.map((line) => `${inner}${line}\n`).join('')}${indent}}`;
}
