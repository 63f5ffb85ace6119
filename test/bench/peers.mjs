// Installs what `npm run bench` compares lists with: `npm run bench:peers`. Several hundred MB, into .cache/peers only.
import { install } from './rivals.mjs';

install('peers', ['acpx@0.19.1', '@anthropic-ai/claude-agent-sdk@0.3.330', 'opencode-ai@1.18.33']);
