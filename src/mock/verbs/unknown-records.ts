/** Shapes claude does not have today: new kinds, new subtypes, new deltas and blocks, and JSON that is no object. */
export const UNKNOWN_RECORDS: readonly object[] = [
  { type: 'mystery', answer: 42 },
  { type: 'system', subtype: 'mystery' },
  { type: 'stream_event', event: { type: 'mystery' } },
  {
    type: 'stream_event',
    event: { type: 'content_block_delta', index: 99, delta: { type: 'mystery_delta' } },
  },
  {
    type: 'assistant',
    message: { role: 'assistant', content: [{ type: 'mystery', text: 'not the answer' }] },
  },
  { type: 'user', message: { role: 'user', content: [{ type: 'mystery' }] } },
  { type: 'control_request', request_id: 'mystery', request: { subtype: 'mystery' } },
  { subtype: 'typeless' },
  [],
];
