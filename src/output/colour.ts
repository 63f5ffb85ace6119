import { styleText } from 'node:util';

type Environment = Readonly<Record<string, string | undefined>>;
type Paint = (text: string) => string;

export const COLOURS = ['auto', 'always', 'never'] as const;
export type Colour = (typeof COLOURS)[number];

const STYLES = ['bold', 'dim', 'red', 'yellow', 'green', 'cyan'] as const;

export type Palette = Record<(typeof STYLES)[number], Paint>;

/**
 * Whether a stream gets colours: `--color` decides, then NO_COLOR and FORCE_COLOR, else whether it is a terminal with
 * colours.
 */
export function wantsColour(stream: { isTTY?: boolean }, env: Environment, colour: Colour = 'auto'): boolean {
  if (colour !== 'auto') return colour === 'always';
  if (env['NO_COLOR']) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

/** Functions that colour text for a stream. Without colours they return it unchanged. */
export function choosePalette(stream: { isTTY?: boolean }, env: Environment, colour?: Colour): Palette {
  const isColourful = wantsColour(stream, env, colour);
  const painter =
    (style: (typeof STYLES)[number]): Paint =>
    (text) =>
      isColourful ? styleText(style, text, { validateStream: false }) : text;
  return Object.fromEntries(STYLES.map((style) => [style, painter(style)])) as Palette;
}
