const BLOCK = /(<!-- generated: ([a-z ]+) -->\n).*?(<!-- end -->)/gs;

/** Replaces every block of a document between `<!-- generated: NAME -->` and `<!-- end -->`. */
export function fillBlocks(path: string, document: string, blocks: Record<string, string>): string {
  const unused = new Set(Object.keys(blocks));
  const filled = document.replaceAll(BLOCK, (_block, opening: string, name: string, closing: string) => {
    const content = blocks[name];
    if (content === undefined) throw new Error(`${path} has a block "${name}", which nothing generates`);
    unused.delete(name);
    return `${opening}\n${content}\n\n${closing}`;
  });
  if (unused.size > 0) throw new Error(`${path} has no block for: ${[...unused].join(', ')}`);
  return filled;
}
