import { describe, expect, test } from '@jest/globals';
import { UnknownOutcome } from '../../../schemas/errors.ts';
import { isWrongLast, refusal } from '../../../streams/jetstream/failures.ts';

const refused = (code: number, err_code: number, description = 'why') =>
  refusal('append', { code, err_code, description });

describe('what JetStream refuses', () => {
  test.each([
    ['no leader', 503, 10008],
    ['not the leader', 500, 10009],
    ['too many batches', 429, 10210],
    ['a batch that lost a part', 400, 10176],
    ['an offline stream', 500, 10118],
    ['something that it did not refuse before', 500, 99999],
  ])('for %s is tried again', (_why, code, number) => {
    expect(refused(code, number)).toMatchObject({ code: 'MF_UNKNOWN_OUTCOME' });
  });

  test.each([
    ['its account', 10002, 'resource limits exceeded for account'],
    ['its server', 10023, 'insufficient resources'],
    ['its disk', 10047, 'insufficient storage resources available'],
    ['its stream', 10077, 'maximum bytes exceeded'],
    ['its messages', 10077, 'maximum messages exceeded'],
    ['its file system', 10077, 'write /store/1.blk: no space left on device'],
  ])('for want of room in %s is MF_LOG_FULL, and tried again', (_what, number, description) => {
    const error = refused(500, number, description);
    expect(error).toMatchObject({ code: 'MF_LOG_FULL', message: `no room for append: ${description}` });
    expect(error).toBeInstanceOf(UnknownOutcome);
  });

  test.each([
    ['MF_STREAM_ABSENT', 404, 10059],
    ['MF_JETSTREAM_ABSENT', 503, 10076],
    ['MF_JETSTREAM_ABSENT', 503, 10039],
    ['MF_STREAM_SETTINGS', 400, 10174],
    ['MF_STREAM_SETTINGS', 400, 10109],
    ['MF_MESSAGE_TOO_LARGE', 400, 10054],
  ])('as %s is not tried again', (code, status, number) => {
    const error = refused(status, number);
    expect(error).toMatchObject({ code });
    expect(error).not.toBeInstanceOf(UnknownOutcome);
  });

  test('for another last message is a conflict, however it is said', () => {
    expect(isWrongLast({ code: 400, err_code: 10071 })).toBe(true);
    expect(isWrongLast({ code: 400, err_code: 10164 })).toBe(true);
    expect(isWrongLast({ code: 400, err_code: 10070 })).toBe(false);
  });
});
