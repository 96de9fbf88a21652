import { Command } from 'commander';
import { MasterflagError } from '../../schemas/errors.ts';
import { command, examples, settingsOf, type CommonOptions } from '../options.ts';
import { Output, print } from '../output.ts';

export function sourcesCommand(): Command {
  return new Command('sources')
    .description('look at sources, check and try them, and propose one for a file')
    .addCommand(listCommand(), { isDefault: true })
    .addCommand(showCommand())
    .addCommand(checkCommand())
    .addCommand(tryCommand())
    .addCommand(inferCommand())
    .addCommand(schemaCommand())
    .addHelpText('after', examples(['masterflag sources', 'masterflag sources try online-retail day.csv --limit 3']));
}

function listCommand(): Command {
  return command(
    'list',
    'list the sources that can be fed, and the kinds of record of each',
    'masterflag sources',
    'MASTERFLAG_SOURCES=./my-sources masterflag sources list',
  ).action(async (options: CommonOptions) => {
    const { listSources, listText } = await import('../sources/list.ts');
    const list = listSources(await settingsOf(options));
    await print(options.json, list, () => listText(list));
  });
}

function showCommand(): Command {
  return command(
    'show',
    'what one source takes, and what it makes of it',
    'masterflag sources show olist',
    'masterflag sources show ./my-sources/shop.yaml --json',
  )
    .argument('<source>', 'name of the source, or path of its file')
    .action(async (name: string, options: CommonOptions) => {
      const { findSource } = await import('../sources/found.ts');
      const { shownSource, sourceText } = await import('../sources/show.ts');
      const { SourceInvalid } = await import('../../config/sources.ts');
      const found = findSource(name, await settingsOf(options));
      if (found.problems.length > 0) throw new SourceInvalid(found.problems);
      await print(options.json, shownSource(found), () => sourceText(found));
    });
}

function checkCommand(): Command {
  return command(
    'check',
    'tell all that is wrong with the files of sources, and run the cases beside them',
    'masterflag sources check ./my-sources/shop.yaml',
    'masterflag sources check ./my-sources/*.yaml --json',
  )
    .argument('<files...>', 'files of sources; cases are looked for in NAME.cases.yaml beside NAME.yaml')
    .action(async (files: string[], options: CommonOptions) => {
      const { checkedText, checkSource, refuseWrong, sourcesAmong } = await import('../sources/check.ts');
      const sources = sourcesAmong(files);
      const output = new Output();
      const all = [];
      for (const file of sources) {
        const checked = await checkSource(file);
        all.push(checked);
        if (options.json === true) await output.json(checked);
        else await output.line(checkedText(checked));
        await output.flush();
      }
      refuseWrong(all);
    });
}

interface TryOptions extends CommonOptions {
  readonly limit: string;
  readonly name: string;
  readonly faults?: true;
}

function tryCommand(): Command {
  return command(
    'try',
    'what records would become, stage by stage, without a data set',
    'masterflag sources try online-retail day.csv',
    'masterflag sources try ./my-sources/shop.yaml orders.json --limit 1000 --faults',
    'head -50 orders.csv | masterflag sources try shop - --json | jq .parts',
  )
    .argument('<source>', 'name of the source, or path of its file')
    .argument('<file>', 'file, folder, or - for standard input')
    .option('--limit <n>', 'how many records of each file to look at', '10')
    .option('--faults', 'show only those that would be quarantined')
    .option('--name <file>', 'name that standard input goes by, for sources that tell their files apart', 'stdin')
    .action(async (source: string, path: string, options: TryOptions) => {
      const limit = wholeNumber(options.limit, '--limit');
      const { triedJson, triedText, tryFiles, TrySummary } = await import('../sources/try.ts');
      const settings = await settingsOf(options);
      const [output, summary] = [new Output(), new TrySummary()];
      for await (const tried of tryFiles(settings, { source, path, limit, stdinName: options.name })) {
        summary.add(tried);
        if (options.faults === true && tried.type === 'record' && tried.record.verdict !== 'quarantined') continue;
        if (options.json === true) await output.json(triedJson(tried));
        else await output.line(triedText(tried));
      }
      if (options.json !== true) await output.line(summary.text(limit));
      await output.flush();
    });
}

interface InferOptions extends CommonOptions {
  readonly name?: string;
}

function inferCommand(): Command {
  return command(
    'infer',
    'propose a source for a file, with what cannot be told from it as comments',
    'masterflag sources infer orders.csv --name shop > shop.yaml',
    'masterflag sources try shop.yaml orders.csv',
  )
    .argument('<file>', 'a file of the feed')
    .option('--name <name>', "name of the source (default: made of the file's)")
    .action(async (file: string, options: InferOptions) => {
      const { infer } = await import('../sources/infer.ts');
      const text = await infer(file, options.name);
      await print(options.json, { source: text }, () => text.trimEnd());
    });
}

function schemaCommand(): Command {
  return command(
    'schema',
    'print the JSON Schema of a source, for editors with a YAML language server',
    'masterflag sources schema > source.schema.json',
  ).action(async () => {
    const { sourceSchema } = await import('../sources/schema.ts');
    const output = new Output();
    await output.line(sourceSchema());
    await output.flush();
  });
}

function wholeNumber(text: string, option: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new MasterflagError('MF_USAGE', `${option} is a whole number from 1 on, not ${text}`);
}
