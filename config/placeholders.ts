/**
 * What people and systems put where they have nothing to say: it belongs to nobody, and joins nobody. By type of
 * identifier; `*` is for any characters. Compared in the form that identifiers of the type are compared in. Numbers
 * of one digit again and again, and those that count up or down, need no line here.
 */
export const PLACEHOLDERS: Readonly<Record<string, readonly string[]>> = {
  email: [
    ...['test@test.*', 'test@example.*', 'test@mail.*', 'test@gmail.com', 'a@a.*', 'a@b.*', 'abc@abc.*', 'asdf@asdf.*'],
    ...['none@*', 'nomail@*', 'no-mail@*', 'noemail@*', 'no-email@*', 'no_email@*', 'nobody@*', 'na@na.*', 'n/a@*'],
    ...['noreply@*', 'no-reply@*', 'donotreply@*', 'unknown@*', 'anonymous@*', 'guest@*', 'example@example.*'],
    ...['email@email.*', 'mail@mail.*', 'xxx@xxx.*', 'user@example.*', 'dummy@*'],
  ],
  name: [
    ...['guest', 'customer', 'unknown', 'anonymous', 'test', 'test test', 'none', 'n a', 'na', 'no name', 'noname'],
    ...['cash customer', 'walk in', 'walk in customer', 'consumer', 'private', 'xxx'],
    ...['고객', '손님', '비회원', '테스트', '홍길동', '이름없음', '미상'],
  ],
};
