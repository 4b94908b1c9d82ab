import { useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import { formatAgo, formatDay } from '../../../shared/lib/dates';
import { CardRow, DataTable, type Column } from '../../../shared/ui/DataTable';
import { StatusChip } from '../../../shared/ui/small';
import { EmptyState } from '../../../shared/ui/states';
import { later } from '../../../shared/ui/later';
import { useFeed } from '../../../shared/api/infinite';
import { useDataExportsInfiniteQuery, useExportLinkMutation, type DataExport } from '../api';
import { SettingsPage } from '../components/SettingsPage';
import { useT } from '../locale';
import { bytes } from '../model';

const NewExport = later(async () => (await import('../components/NewExport')).NewExport);

const tones = { queued: 'brand', running: 'brand', ready: 'success', failed: 'danger', expired: 'neutral' } as const;

/** All that the agency has, as one file for its owner. */
export function DataPage() {
  const t = useT();
  const list = useFeed(useDataExportsInfiniteQuery());
  const [asking, setAsking] = useState(false);
  const [link, { isLoading: fetching }] = useExportLinkMutation();
  const under = list.rows?.find((x) => x.state === 'queued' || x.state === 'running');

  const download = async (x: DataExport) => {
    const made = await link(x.id).unwrap();
    window.location.assign(made.url);
  };
  const state = (x: DataExport) => <StatusChip label={t(`data.state.${x.state}`)} tone={tones[x.state]} />;
  const size = (x: DataExport) => (x.size > 0 ? bytes(x.size) : '');
  const until = (x: DataExport) => (x.state === 'ready' && x.expires_at ? formatDay(x.expires_at.slice(0, 10)) : '');
  const columns: Column<DataExport>[] = [
    { key: 'asked', header: t('data.asked'), cell: (x) => formatAgo(x.asked_at) },
    { key: 'by', header: t('data.by'), cell: (x) => x.asked_by, from: 'md' },
    { key: 'state', header: t('data.stateOf'), cell: state },
    { key: 'size', header: t('data.size'), cell: size, numeric: true, from: 'md' },
    { key: 'until', header: t('data.until'), cell: until, from: 'md' },
  ];
  const start = <Button variant="contained" disabled={under !== undefined} onClick={() => setAsking(true)}>{t('data.start')}</Button>;
  return (
    <SettingsPage title={t('data.title')} sub={t('data.sub')} actions={start}>
      <Typography sx={{ mb: 4, maxWidth: '72ch' }}>{t('data.what')}</Typography>
      <Box role="status" sx={{ mb: under ? 4 : 0 }}>
        {under && (
          <>
            <Typography variant="body2" sx={{ mb: 1 }}>{t('data.making', { percent: under.progress })}</Typography>
            <LinearProgress aria-label={t('data.progress')} variant={under.state === 'queued' ? 'indeterminate' : 'determinate'} value={under.progress} />
          </>
        )}
      </Box>
      <DataTable
        {...list}
        label={t('data.list')}
        columns={columns}
        getId={(x) => x.id}
        card={(x) => <CardRow title={formatAgo(x.asked_at)} end={size(x)} sub={x.asked_by} state={state(x)} />}
        actionsWidth="128px"
        actions={(x) => x.state === 'ready' && <Button size="small" disabled={fetching} onClick={() => void download(x)}>{t('data.download')}</Button>}
        empty={<EmptyState title={t('data.empty')} text={t('data.emptyText')} action={start} />}
      />
      {asking && <NewExport onClose={() => setAsking(false)} />}
    </SettingsPage>
  );
}
