export { askAgent as askProgram } from '../agents/process/ask.ts';
