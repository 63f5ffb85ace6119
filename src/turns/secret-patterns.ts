/**
 * What keys and passwords look like, where the setting `redact.patterns` says nothing else. Rather a word too many is
 * masked than a key too few; but prose and code that only talk about passwords are left alone.
 */
const NAME = String.raw`\w*(?:passw(?:or)?d|passphrase|pwd|secret|api[_-]?key|access[_-]?key|auth[_-]?token|access[_-]?token|client[_-]?secret|private[_-]?key)\w*`;
const QUOTE = String.raw`\\?["'\x60]`;
const PEM = 'PRIVATE KEY(?: BLOCK)?-----';

/** Each is tried on its own; the whole match is masked, not what stands around it. */
export const SECRET_PATTERNS: readonly RegExp[] = [
  // Anthropic, OpenAI and who follows them; Stripe. What is said before a tool call touches what is said after it, so a
  // key may stand right behind a word.
  /sk-(?:ant|proj|svcacct|admin|or)-[A-Za-z0-9_-]{16,}/g,
  /\bsk-(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{20,}/g,
  /[rsp]k_(?:live|test)_[A-Za-z0-9]{16,}/g,
  // AWS
  /A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}(?![A-Za-z0-9])/g,
  // GitHub, GitLab
  /gh[pousr]_[A-Za-z0-9]{30,}/g,
  /github_pat_[A-Za-z0-9_]{22,}/g,
  /gl(?:pat|ptt|dt|rt|soat)-[A-Za-z0-9_-]{20,}/g,
  // Slack
  /xox[a-z]-[A-Za-z0-9-]{10,}/g,
  /xapp-[A-Za-z0-9-]{20,}/g,
  /hooks\.slack\.com\/services\/[A-Za-z0-9/]{20,}/g,
  // Google
  /AIza[A-Za-z0-9_-]{35}/g,
  /ya29\.[A-Za-z0-9_-]{20,}/g,
  // npm, PyPI, Hugging Face
  /npm_[A-Za-z0-9]{36}/g,
  /pypi-[A-Za-z0-9_-]{50,}/g,
  /hf_[A-Za-z0-9]{30,}/g,
  // JSON Web Tokens
  /eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g,
  // Private keys: whole, and cut off
  new RegExp(String.raw`-----BEGIN [A-Z0-9 ]*${PEM}[^]{0,16000}?-----END [A-Z0-9 ]*${PEM}`, 'g'),
  new RegExp(String.raw`-----BEGIN [A-Z0-9 ]*${PEM}(?:(?:\s|\\[nr])*[A-Za-z0-9+/=]{16,})*`, 'g'),
  // HTTP
  /(?<=\bbearer\s+)[A-Za-z0-9._~+/-]{16,}=*/gi,
  /(?<=\bauthorization["']?\s*:\s*["']?basic\s+)[A-Za-z0-9+/=]{8,}/gi,
  /(?<=\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*:)[^\s@/]{3,}(?=@)/gi,
  // password=…, "password": "…", password: …1…
  new RegExp(String.raw`(?<=\b${NAME}=)(?![\w.]*\()[^\s"'\x60$;&,<>(){}\\]{4,}`, 'gi'),
  new RegExp(String.raw`(?<=\b${NAME}(?:${QUOTE})?\s*[:=]\s*${QUOTE})[^\s"'\x60\\]{4,}`, 'gi'),
  new RegExp(String.raw`(?<=\b${NAME}\s*:\s*)(?=[^\s"'\x60]*\d)[^\s"'\x60;,<>(){}\\]{6,}`, 'gi'),
];

const SECRET_NAME = new RegExp(`^${NAME}$`, 'i');

/** Whether what goes by this name is a secret, whatever it looks like. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** Where a private key begins of which the end has not been seen; -1 without one. */
export function findOpenKey(text: string): number {
  const begin = text.lastIndexOf('-----BEGIN ');
  const isOpen = begin !== -1 && OPEN_KEY.test(text.slice(begin)) && !KEY_END.test(text.slice(begin));
  return isOpen ? begin : -1;
}

const OPEN_KEY = /^-----BEGIN [A-Z0-9 ]*PRIVATE KEY/;
const KEY_END = new RegExp(`-----END [A-Z0-9 ]*${PEM}`);
