import Box from '@mui/material/Box';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import Dialog from '@mui/material/Dialog';
import DialogContent from '@mui/material/DialogContent';
import { useId } from 'react';
import { formatMoment } from '../../../shared/lib/dates';
import { usePhone } from '../../../shared/lib/hooks';
import { useMe } from '../../../shared/lib/me';
import { Facts } from '../../../shared/ui/small';
import { DialogHead } from '../../../shared/ui/DialogHead';
import type { AuditEventView } from '../api';
import { useT } from '../locales/en';
import { compare, said } from '../model';

export function EntryDialog({ entry: e, onClose }: { entry: AuditEventView; onClose: () => void }) {
  const t = useT();
  const id = useId();
  const phone = usePhone();
  const zone = useMe()?.agency.time_zone;
  const changes = compare(e.before, e.after);
  return (
    <Dialog open onClose={onClose} fullScreen={phone} fullWidth maxWidth="md" aria-labelledby={id}>
      <DialogHead id={id} title={`${said(e.action)} · ${t('detail.title', { seq: e.seq })}`} onClose={onClose} />
      <DialogContent>
        <Box sx={{ mb: 5 }}>
          <Facts
            items={[
              [t('col.who'), e.actor_name || e.actor_kind],
              [t('col.at'), formatMoment(e.at, zone)],
              [t('col.action'), e.action],
              [t('col.entity'), e.entity.replaceAll('_', ' ')],
              [t('detail.id'), e.entity_id],
              [t('col.source'), e.source],
              ...(e.on_behalf_of ? [[t('detail.behalf'), e.on_behalf_of] as [string, string]] : []),
              ...(e.reason ? [[t('detail.reason'), e.reason] as [string, string]] : []),
            ]}
          />
        </Box>
        {changes.length === 0 ? (
          <Typography sx={{ color: 'text.secondary' }}>{t('detail.nothing')}</Typography>
        ) : (
          <Table size="small" sx={{ tableLayout: 'fixed' }}>
            <TableHead>
              <TableRow>{(['field', 'before', 'after'] as const).map((k) => <TableCell key={k}>{t(`detail.${k}`)}</TableCell>)}</TableRow>
            </TableHead>
            <TableBody>
              {changes.map((c) => (
                <TableRow key={c.field} sx={{ '& td, & th': { color: c.changed ? undefined : 'text.secondary', overflowWrap: 'anywhere', verticalAlign: 'top' } }}>
                  <TableCell component="th" scope="row">{c.field}</TableCell>
                  <TableCell sx={{ textDecoration: c.changed && c.before && c.after ? 'line-through' : undefined }}>{c.before}</TableCell>
                  <TableCell sx={{ fontWeight: c.changed ? 600 : undefined }}>{c.after}</TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        )}
      </DialogContent>
    </Dialog>
  );
}
