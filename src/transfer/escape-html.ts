// oxlint-disable no-control-regex -- control characters are what is taken out
const UNSAFE = /[&<>"'\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F\u202A-\u202E\u2066-\u2069]/g;
const NAMES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * Escapes text for HTML, inside an element or a quoted attribute. Characters that change the text direction are shown
 * as codes.
 */
export function escapeHtml(text: string): string {
  return text.replaceAll(UNSAFE, (character) => NAMES[character] ?? '\uFFFD');
}
