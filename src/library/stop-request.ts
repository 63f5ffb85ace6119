import { STOP_REASONS, StopRequest } from '../turns/stop-request.ts';
import type { StopReason } from '../turns/stop-request.ts';

export { STOP_REASONS, StopRequest };
export type { StopReason };
