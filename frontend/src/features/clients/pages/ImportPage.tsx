import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { Link } from 'react-router';
import { useClientsImportMutation, type ClientImportResult } from '../../../shared/api/gen/clients.gen';
import { problemText } from '../../../shared/api/problem';
import { DataTable, CardRow } from '../../../shared/ui/DataTable';
import { FileDrop } from '../../../shared/ui/FileDrop';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { Figure, Figures, StatusChip } from '../../../shared/ui/small';
import { Section, SkeletonRows } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { later } from '../../../shared/ui/later';
import type { Mapping } from '../components/ImportColumns';
import { useT } from '../locales/en';

const ImportColumns = later(async () => (await import('../components/ImportColumns')).ImportColumns, <SkeletonRows label="" rows={5} rowHeight={56} />);

/** File, columns, check, import: each step shows what the next one will do. */
export function ImportPage() {
  const t = useT();
  const [run, running] = useClientsImportMutation();
  const [csv, setCsv] = useState('');
  const [mapping, setMapping] = useState<Mapping>({});
  const [existing, setExisting] = useState<'skip' | 'update'>('skip');
  const [result, setResult] = useState<ClientImportResult | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const columns = result?.columns ?? [];

  const ask = async (text: string, m: Mapping, how: 'skip' | 'update', dry: boolean) => {
    setFailed(null);
    try {
      const filled = Object.fromEntries(Object.entries(m).filter(([, v]) => v !== ''));
      const r = await run({ clientImport: { csv: text, existing: how, dry_run: dry, ...(Object.keys(filled).length > 0 ? { mapping: filled } : {}) } }).unwrap();
      setResult(r);
      setMapping(r.mapping);
      if (!dry) toast(t('importer.finished'));
    } catch (e) {
      setFailed(problemText(e));
    }
  };
  const take = async (f: File) => {
    const text = await f.text();
    setCsv(text);
    setResult(null);
    await ask(text, {}, existing, true);
  };
  const again = () => {
    setCsv('');
    setResult(null);
    setMapping({});
    setFailed(null);
  };
  const map = (field: string, column: string) => {
    const next = { ...mapping, [field]: column };
    setMapping(next);
    void ask(csv, next, existing, true);
  };
  const choose = (how: 'skip' | 'update') => {
    setExisting(how);
    void ask(csv, mapping, how, true);
  };
  const done = result !== null && !result.dry_run;
  const useful = result ? result.clients_created + result.clients_updated + result.contacts_created + result.contacts_updated : 0;
  const rowsToDo = result ? result.rows - result.unchanged - new Set(result.errors.map((e) => e.row)).size : 0;
  return (
    <>
      <PageHeader up={{ to: '/clients', label: t('title') }} title={t('importer.title')} sub={t('importer.sub')} />
      {!result && <Box sx={{ maxWidth: 640 }}><FileDrop label={t('importer.choose')} accept="text/csv,application/vnd.ms-excel,text/plain" maxBytes={3_000_000} onFile={(f) => void take(f)} busy={running.isLoading} /></Box>}
      {failed && <Alert severity="error" role="alert" sx={{ my: 4 }}>{failed}</Alert>}
      {result && !done && (
        <ImportColumns columns={columns} mapping={mapping} existing={existing} onMap={map} onExisting={choose} />
      )}
      {result && <Outcome result={result} done={done} />}
      {result && (
        <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap' }}>
          {done ? (
            <Button variant="contained" component={Link} to="/clients">{t('importer.toList')}</Button>
          ) : (
            <Button variant="contained" disabled={useful === 0} loading={running.isLoading} onClick={() => void ask(csv, mapping, existing, false)}>{t('importer.run', { count: rowsToDo })}</Button>
          )}
          <Button color="inherit" onClick={again}>{t('importer.another')}</Button>
        </Box>
      )}
    </>
  );
}

function Outcome({ result: r, done }: { result: ClientImportResult; done: boolean }) {
  const t = useT();
  const action = (a: string) => t(a === 'create' ? 'importer.create' : a === 'update' ? 'importer.updateRow' : a === 'error' ? 'importer.error' : 'importer.unchangedRow');
  const tone = (a: string) => (a === 'create' ? 'success' : a === 'error' ? 'danger' : a === 'update' ? 'brand' : 'neutral');
  return (
    <>
      <Typography component="h2" variant="h3" sx={{ mb: 3 }}>{t(done ? 'importer.done' : 'importer.result')}</Typography>
      <Figures>
        <Figure label={t('importer.clientsNew')} value={r.clients_created} />
        <Figure label={t('importer.peopleNew')} value={r.contacts_created} />
        <Figure label={t('importer.clientsUpdated')} value={r.clients_updated + r.contacts_updated} />
        <Figure label={t('importer.unchanged')} value={r.unchanged} />
      </Figures>
      {r.errors.length > 0 && (
        <Section title={t('importer.errors', { count: r.errors.length })} pad={false}>
          <Typography sx={{ color: 'text.secondary', p: 4 }}>{t('importer.errorsText')}</Typography>
          <DataTable
            label={t('importer.errors', { count: r.errors.length })}
            rows={r.errors.map((e, i) => ({ ...e, key: `${e.row}.${i}` }))}
            columns={[
              { key: 'row', header: t('importer.row'), width: '80px', numeric: true, cell: (e) => e.row },
              { key: 'column', header: t('importer.column'), width: 'minmax(0, 1fr)', cell: (e) => e.column ?? '' },
              { key: 'message', header: t('importer.message'), width: 'minmax(0, 3fr)', cell: (e) => e.message },
            ]}
            getId={(e) => e.key}
            card={(e) => <CardRow title={e.message} end={`${t('importer.row')} ${e.row}`} sub={e.column ?? ''} />}
            empty={null}
          />
        </Section>
      )}
      {!done && (
        <Section title={t('importer.preview')} pad={false}>
          <DataTable
            label={t('importer.preview')}
            rows={r.preview}
            columns={[
              { key: 'row', header: t('importer.row'), width: '80px', numeric: true, cell: (p) => p.row },
              { key: 'client', header: t('importer.client'), width: 'minmax(0, 2fr)', cell: (p) => p.client },
              { key: 'contact', header: t('importer.contact'), width: 'minmax(0, 2fr)', cell: (p) => p.contact },
              { key: 'action', header: t('importer.action'), width: '130px', cell: (p) => <StatusChip label={action(p.action)} tone={tone(p.action)} /> },
            ]}
            getId={(p) => String(p.row)}
            card={(p) => <CardRow title={p.client} end={`${t('importer.row')} ${p.row}`} sub={p.contact} state={<StatusChip label={action(p.action)} tone={tone(p.action)} />} />}
            empty={null}
          />
        </Section>
      )}
    </>
  );
}
