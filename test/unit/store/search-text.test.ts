import { describe, expect, test } from 'vitest';
import { openStore } from '../../../src/store/sqlite/open.ts';
import type { SearchHit } from '../../../src/store/message-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { addConversation } from '../../support/conversations.ts';
import { Random } from '../../support/random.ts';
import { makeDirectory } from '../../support/store-program.ts';

/** Opens a store whose n-th message is the n-th text. */
async function storeOf(texts: readonly string[]): Promise<Store> {
  const store = await openStore(`${makeDirectory()}/s.sqlite`, { access: 'write' });
  await addConversation(
    store,
    { id: 'aaaa0001' },
    Array.from({ length: Math.ceil(texts.length / 2) }, (_, n) => ({
      asked: texts[2 * n]!,
      answered: texts[2 * n + 1] ?? '-',
    })),
  );
  return store;
}

async function search(store: Store, text: string): Promise<SearchHit[]> {
  return (await store.messages.search({ text, limit: 1000, order: 'newest' })).hits;
}

async function found(store: Store, text: string): Promise<number[]> {
  return (await search(store, text)).map(({ messageId }) => messageId - 2).toSorted((a, b) => a - b);
}

describe('a text that is searched', () => {
  test.each([
    [
      '今日は天気がいいですね',
      ['天気', '気', '今日は天気がいいですね', 'ですね'],
      ['気天', '元気', '天がいい'],
    ],
    ['今天天气很好，适合散步', ['天气', '天', '适合', '天天'], ['气天', '天很']],
    ['오늘은 날씨가 좋습니다', ['날씨', '날', '좋습니다', '오늘은 날씨'], ['씨날', '날짜']],
    ['วันนี้อากาศดีมาก น้ำใส', ['อากาศ', 'ดี', 'น้ำ', 'ำ', '้'], ['นำ', 'ดา']],
    ['ມື້ນີ້ອາກາດດີ', ['ອາກາດ', 'ດີ'], ['ດາດ']],
    ['ថ្ងៃនេះអាកាសធាតុល្អ', ['អាកាស', 'ល្អ'], ['លអ']],
    ['ဒီနေ့ရာသီဥတုကောင်းတယ်', ['ရာသီ', 'ကောင်း'], ['ကင်း']],
    [
      'Shipped 🎉🚀 by 👩‍💻, 👍🏽 and 🇯🇵 ☀️ 1️⃣ ✅done',
      ['🎉', '🚀', '🎉🚀', '👩', '👩‍💻', '👍', '👍🏽', '🇯🇵', '☀', '☀️', '✅', 'done', 'Shipped'],
      ['🚀🎉', '🔥', '👍🏿', '🇵🇯'],
    ],
    [
      '新しいdockerイメージをbuild済み、v2へ',
      ['docker', 'build', 'v2', 'dock*', 'dockerイメージ', 'を build', 'Docker 済'],
      ['image', 'イメ済', 'dockerメ'],
    ],
    ['𠮷野家で𠀀と食べる', ['𠮷', '𠮷野', '𠀀と'], ['𠀁']],
    ['ＡＢＣ１２３ ﾊﾞﾅﾅ', ['abc123', 'ＡＢＣ１２３', 'バナナ', 'ﾊﾞﾅﾅ', 'ナ'], ['abc', 'ハナ']],
    [
      'Ｃａｆé ガラス'.normalize('NFD'),
      ['cafe', 'café', 'café'.normalize('NFD'), 'ガラス', 'ガラス'.normalize('NFD'), 'ｶﾞﾗｽ'],
      ['カラス'],
    ],
    ['한국어'.normalize('NFD'), ['한국어', '한국', '국'], ['어국']],
  ])('%s', async (text, present, absent) => {
    const store = await storeOf(['something else', text]);
    for (const query of present) expect(await found(store, query), query).toEqual([1]);
    for (const query of absent) expect(await found(store, query), query).toEqual([]);
    await store.close();
  });

  test('shows the found characters in a stretch of itself', async () => {
    const text = `${'前置きの文章です。'.repeat(40)}ﾊﾞﾅﾅ と Ｄｏｃｋｅｒ の 👩‍💻🎉 が天気を${'後の文章です。'.repeat(40)}`;
    const store = await storeOf([text, `${'x '.repeat(30)}天気`.repeat(2000)]);
    const [hit] = (await search(store, 'バナナ docker 天気 👩')) as [SearchHit];
    const [long] = (await search(store, '天気')) as [SearchHit];
    expect(hit.matches.map(([from, to]) => hit.snippet.slice(from, to))).toEqual([
      'ﾊﾞﾅﾅ',
      'Ｄｏｃｋｅｒ',
      '👩‍',
      '天気',
    ]);
    const single = (await search(store, '天')).at(-1)!;
    expect(single.matches.map(([from, to]) => single.snippet.slice(from, to))).toEqual(['天']);
    expect(text).toContain(single.snippet.replaceAll('…', ''));
    const [pair] = (await search(store, '文 docker')) as [SearchHit];
    expect(new Set(pair.matches.map(([from, to]) => pair.snippet.slice(from, to)))).toEqual(
      new Set(['文', 'Ｄｏｃｋｅｒ']),
    );
    const [glued] = (await search(store, '"x 天"')) as [SearchHit];
    expect(glued.matches.map(([from, to]) => glued.snippet.slice(from, to)).slice(-2)).toEqual(['x', '天']);
    expect(long.matches.map(([from, to]) => long.snippet.slice(from, to))).toContain('天気');
    await store.close();
  });

  test('is found by any of its characters in a row, and by no others', async () => {
    const random = new Random(7);
    const kinds = ['今日天気雨', 'あいうガ', '한국어날', 'กขนำ้ี', '🎉🚀👍', 'ກຂ', 'កខ', 'ကခ'].map((kind) => [
      ...kind,
    ]);
    const text = () =>
      Array.from({ length: 12 }, () =>
        random.below(4) === 0
          ? random.pick([' api ', 'api', ' ', ', ', ' go '])
          : Array.from({ length: 1 + random.below(6) }, () => random.pick(random.pick(kinds))).join(''),
      ).join('');
    const texts = Array.from({ length: 40 }, text);
    const store = await storeOf(texts);
    // Letters are whole words; what is between words is all the same.
    const spaced = (string: string) => string.replaceAll(/[a-z]+/g, ' $& ').replaceAll(/[\s,]+/g, ' ');
    const holds = (whole: string, part: string) => spaced(` ${whole} `).includes(part);
    let hits = 0;
    for (let n = 0; n < 200; n++) {
      const from = [...(n % 4 === 0 ? text() : random.pick(texts))];
      const at = random.below(from.length);
      const part = spaced(from.slice(at, at + 1 + random.below(5)).join(''));
      if (part.trim() === '') continue;
      const query = part.replace(/^ (?![a-z])|(?<![a-z]) $/g, '');
      const expected = texts.flatMap((whole, index) => (holds(whole, query) ? [index] : []));
      hits += expected.length;
      expect(await found(store, `"${query}"`), query).toEqual(expected);
    }
    expect(hits).toBeGreaterThan(200);
    await store.close();
  });
});
