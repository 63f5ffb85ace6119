/** The part of JSON Schema that our records use. */
export interface JsonSchema {
  type?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  format?: string;
  $ref?: string;
  additionalProperties?: JsonSchema | boolean;
}

/** A short name of a type, and its description. */
export function describeType(schema: JsonSchema): { type: string; about: string } {
  const inner = schema.anyOf?.find(({ type }) => type !== 'null');
  if (schema.anyOf !== undefined && inner !== undefined) {
    const { type, about } = describeType(inner);
    return { type: `${type} or null`, about: schema.description ?? about };
  }
  return { type: nameType(schema), about: schema.description ?? '' };
}

function nameType(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined)
    return schema.enum.length > 12 ? 'text' : schema.enum.map((each) => `\`${String(each)}\``).join(', ');
  if (schema.$ref !== undefined) return schema.$ref.replace('#/$defs/', '');
  if (schema.type === 'array') return `list of ${describeType(schema.items ?? {}).type}`;
  if (schema.type === 'object') {
    const fields = Object.keys(schema.properties ?? {});
    return fields.length === 0 ? 'object' : `{ ${fields.join(', ')} }`;
  }
  if (schema.type === 'string') return schema.format === 'date-time' ? 'time' : 'text';
  return schema.type === 'integer' ? 'number' : (schema.type ?? 'any');
}
