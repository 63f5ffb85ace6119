/**
 * The default patterns of keys and passwords (`redact.patterns` replaces them). They prefer to mask too much rather
 * than miss a key, but they leave prose and code about passwords unchanged.
 *
 * Repetitions that can begin anywhere are bounded, so that matching takes linear time.
 */
const SECRET_WORDS =
  'passw(?:or)?d|passphrase|pwd|secret|api[_-]?key|access[_-]?key|account[_-]?key|auth[_-]?token|access[_-]?token|private[_-]?key';
const NAME = String.raw`(?:${SECRET_WORDS})\w{0,40}`;
/** Excludes `max_tokens`, which is a count, and `page_token`, which is a position in a list. */
const TOKEN = '(?<!(?:page|next|sync|start|end|stop|eos|bos|pad|unk|csrf)[_-]?)token';
const QUOTE = String.raw`\\?["'\x60]`;
const GAP = String.raw`\s{0,20}`;
const PEM = 'PRIVATE KEY(?: BLOCK)?-----';
/** Words that follow an option's name in prose. */
const PROSE =
  'flags?|options?|arguments?|parameters?|switch|instead|with|without|value|from|here|when|which|that|this|will|must|should|file|sets?|takes?|prompt|because';
/** An expression that is not a literal value: `config.password`, `read(…)`. */
const EXPRESSION = String.raw`[A-Za-z_$][\w$]*[.([]`;

/**
 * A pattern for a secret that is recognized by the text before it. That text is the group `before`, and is not masked.
 */
function behind(before: string, secret: string, flags = 'gi'): RegExp {
  return new RegExp(`(?<before>${before})(?:${secret})`, flags);
}

/** Each pattern is applied separately. It masks the whole match except the group `before`. */
export const SECRET_PATTERNS: readonly RegExp[] = [
  // Anthropic, OpenAI and others with their format; Stripe. Texts before and after a tool call are not separated, so a key may follow a word directly.
  /sk-(?:ant|proj|svcacct|admin|or)-[A-Za-z0-9_-]{16,}/g,
  /\bsk-(?=[A-Za-z_-]{0,40}\d)[A-Za-z0-9_-]{20,}/g,
  /[rsp]k_(?:live|test)_[A-Za-z0-9]{16,}/g,
  /whsec_[A-Za-z0-9+/=]{20,}/g,
  /\b(?:gsk|xai|pplx|r8|fw)[_-](?=[A-Za-z]{0,40}\d)[A-Za-z0-9]{30,}/g,
  // AWS
  /A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}(?![A-Za-z0-9])/g,
  behind('(?:signature|credential|security-token)=', '[A-Za-z0-9%/+=-]{20,}'),
  // GitHub, GitLab
  /gh[pousr]_[A-Za-z0-9]{30,}/g,
  /github_pat_[A-Za-z0-9_]{22,}/g,
  /gl(?:pat|ptt|dt|rt|soat|cbt|ft|imt|agent)-[A-Za-z0-9_-]{20,}/g,
  // Slack, Discord, Telegram
  /xox[a-z]-[A-Za-z0-9-]{10,}/g,
  /xapp-[A-Za-z0-9-]{20,}/g,
  /hooks\.slack\.com\/(?:services|workflows)\/[A-Za-z0-9/]{20,}/g,
  behind(String.raw`discord(?:app)?\.com/api/webhooks/`, String.raw`\d{1,20}/[A-Za-z0-9_-]{20,}`),
  /\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}/g,
  /\b\d{8,10}:AA[A-Za-z0-9_-]{33}/g,
  // Google, Azure
  /AIza[A-Za-z0-9_-]{35}/g,
  /ya29\.[A-Za-z0-9_-]{20,}/g,
  /GOCSPX-[A-Za-z0-9_-]{20,}/g,
  behind('[?&;]sig=', '[A-Za-z0-9%+/=]{20,}'),
  // npm, PyPI, RubyGems, Docker, Hugging Face
  /npm_[A-Za-z0-9]{36}/g,
  /pypi-[A-Za-z0-9_-]{50,}/g,
  /rubygems_[0-9a-f]{40,}/g,
  /dckr_pat_[A-Za-z0-9_-]{20,}/g,
  /hf_[A-Za-z0-9]{30,}/g,
  // SendGrid, Mailgun, Mailchimp, Twilio
  /SG\.[A-Za-z0-9_-]{16,100}\.[A-Za-z0-9_-]{16,}/g,
  /\bkey-[0-9a-f]{32}\b/g,
  /\b[0-9a-f]{32}-us\d{1,2}\b/g,
  /\bSK[0-9a-f]{32}\b/g,
  // Vault, Terraform, age, Doppler, Databricks, DigitalOcean, Grafana, Heroku, Atlassian, Shopify, Linear, Notion, Sentry, …
  /\bhv[sbr]\.[A-Za-z0-9_-]{20,}/g,
  /\.atlasv1\.[A-Za-z0-9_-]{40,}/g,
  /AGE-SECRET-KEY-1[A-Z0-9]{50,}/g,
  /\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9._-]{30,}/g,
  /\bdapi[0-9a-f]{32}(?:-\d)?\b/g,
  /do[oprt]_v1_[0-9a-f]{40,}/g,
  /gl(?:sa|c)_[A-Za-z0-9_+/=-]{30,}/g,
  /HRKU-[A-Za-z0-9_-]{30,}/g,
  /AT(?:ATT3x|CTT3x|BB)[A-Za-z0-9_=-]{24,}/g,
  /shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32,}/g,
  /lin_(?:api|oauth)_[A-Za-z0-9]{30,}/g,
  /\b(?:ntn|secret)_[A-Za-z0-9]{40,}/g,
  /sntry[su]_[A-Za-z0-9_+/=-]{30,}/g,
  /NRAK-[A-Z0-9]{27}/g,
  /\b(?:sbp_|nfp_|pscale_(?:tkn|pw|oauth)_|pul-|ops_ey)[A-Za-z0-9_.-]{30,}/g,
  // JSON Web Tokens, signed or encrypted
  /eyJ[A-Za-z0-9_-]{8,500}(?:\.[A-Za-z0-9_-]{0,8000}){1,3}\.[A-Za-z0-9_-]{8,}/g,
  // Private keys: whole, and cut off
  new RegExp(String.raw`-----BEGIN [A-Z0-9 ]*${PEM}[^]{0,16000}?-----END [A-Z0-9 ]*${PEM}`, 'g'),
  new RegExp(String.raw`-----BEGIN [A-Z0-9 ]*${PEM}(?:(?:\s|\\[nr])*[A-Za-z0-9+/=]{16,})*`, 'g'),
  // HTTP
  behind(String.raw`\bbearer\s{1,20}`, '[A-Za-z0-9._~+/-]{16,}=*'),
  behind(String.raw`\bauthorization["']?${GAP}:${GAP}["']?basic\s{1,20}`, '[A-Za-z0-9+/=]{8,}'),
  behind(String.raw`\bauthorization["']?${GAP}:${GAP}["']?(?:\w{1,40}\s{1,20})?`, '[A-Za-z0-9._~+/=-]{16,}'),
  behind(String.raw`\bcookie["']?${GAP}:${GAP}["']?`, String.raw`(?=[^\s"'=;]{1,100}=)[^\r\n"']{8,}`),
  behind(String.raw`:\/\/[^\s:@/]{0,200}:`, String.raw`[^\s@/]{3,500}(?=@)`),
  behind(String.raw`:\/\/`, String.raw`(?=[^\s@/]{0,200}\d)[A-Za-z0-9._~%+-]{16,200}(?=@)`),
  // Command lines: curl -u me:…, mysql -p…, --password …; .netrc
  behind(
    String.raw`\bcurl\b[^\n|]{0,200}\s(?:-u|-U|--user|--proxy-user)[ =]?["']?[^\s:"']{0,100}:`,
    String.raw`[^\s"']{3,}`,
    'g',
  ),
  behind(
    String.raw`\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n|]{0,200}\s-p`,
    String.raw`[^\s"']{4,}`,
    'g',
  ),
  behind(
    String.raw`\b(?:sshpass|docker login|podman login)\b[^\n|]{0,200}\s-p ?["']?`,
    String.raw`[^\s"'-][^\s"']{3,}`,
    'g',
  ),
  behind(
    String.raw`\B--(?:[a-z]{1,20}-){0,3}(?:passw(?:or)?d|pass|passphrase|token|secret|api-?key|secret-key|access-key|private-key)(?:=|\s{1,20})["']?`,
    String.raw`(?!(?:${PROSE})\b)(?!-)[^\s"'\x60$<>(){}[\]\\]{4,}`,
  ),
  behind(
    String.raw`\b(?:machine\s{1,20}\S{1,100}|default)(?:\s{1,20}login\s{1,20}\S{1,100})?\s{1,20}password\s{1,20}`,
    String.raw`\S+`,
    'g',
  ),
  // password=…, "password": "…", password: …1…, secret_key = …1…
  behind(`${NAME}=`, String.raw`(?![\w.]{0,200}\()[^\s"'\x60$;&,<>(){}\\]{4,}`),
  behind(
    `${NAME}(?:${QUOTE})?${GAP}[:=]${GAP}${QUOTE}`,
    String.raw`[^"'\x60\\\r\n]{4,200}(?=${QUOTE})|[^\s"'\x60\\]{4,}`,
  ),
  behind(`${NAME}${GAP}:${GAP}`, String.raw`(?=[^\s"'\x60]{0,500}\d)[^\s"'\x60;,<>(){}\\]{6,}`),
  behind(
    `${NAME}[ \t]{1,20}=[ \t]{0,20}`,
    String.raw`(?!${EXPRESSION})(?=[^\s"'\x60]{0,500}\d)[^\s"'\x60;,<>(){}\\]{8,}`,
  ),
  behind(
    `${TOKEN}(?:${QUOTE})?[ \t]{0,20}[:=][ \t]{0,20}(?:${QUOTE})?`,
    String.raw`(?!${EXPRESSION})(?=[^\s"'\x60]{0,500}\d)[^\s"'\x60$;&,<>(){}\\]{8,}`,
  ),
];

const SECRET_NAME = new RegExp(String.raw`^\w*(?:${NAME}|${TOKEN})$`, 'i');

/** Whether any value with this name is a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** The position of a private key without its end so far; -1 without one. */
export function findOpenKey(text: string): number {
  const begin = text.lastIndexOf('-----BEGIN ');
  const isOpen = begin !== -1 && OPEN_KEY.test(text.slice(begin)) && !KEY_END.test(text.slice(begin));
  return isOpen ? begin : -1;
}

const OPEN_KEY = /^-----BEGIN [A-Z0-9 ]*PRIVATE KEY/;
const KEY_END = new RegExp(`-----END [A-Z0-9 ]*${PEM}`);
