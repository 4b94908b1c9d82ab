import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { PortalMilestone } from '../../../shared/api/gen/portal.gen';
import { formatDay, formatMoment } from '../../../shared/lib/dates';
import { useMe } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { later } from '../../../shared/ui/later';
import { Rounds } from '../../../shared/ui/Rounds';
import { Money, StatusChip } from '../../../shared/ui/small';
import { toast } from '../../../shared/ui/Toast';
import { useAcceptMilestoneMutation, useAs } from '../api';
import { useT } from '../locales/en';

const ChangesDialog = later(async () => (await import('./ChangesDialog')).ChangesDialog);

/** What was agreed to be paid once it is accepted. A contact accepts or asks for changes; somebody who looks as them does not. */
export function Milestones({ rows }: { rows: PortalMilestone[] }) {
  const t = useT();
  const { as } = useAs();
  const zone = useMe()?.agency.time_zone;
  const [accept] = useAcceptMilestoneMutation();
  const [changing, setChanging] = useState<PortalMilestone | null>(null);
  const [asking, setAsking] = useState<PortalMilestone | null>(null);
  return (
    <>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, border: 1, borderColor: 'divider', borderRadius: 1, bgcolor: 'background.paper' }}>
        {rows.map((m, n) => (
          <Box component="li" key={m.id} sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 3, p: 4, borderTop: n > 0 ? 1 : 0, borderColor: 'divider' }}>
            <Box sx={{ flex: '1 1 220px', minWidth: 0 }}>
              <Typography sx={{ fontWeight: 560 }} className="said">{m.name}</Typography>
              <Typography variant="body2" sx={{ color: 'text.secondary' }}>
                {[m.project_name, m.due_on && !m.accepted_at && `${t('due')}: ${formatDay(m.due_on)}`, m.accepted_at && t('milestone.acceptedBy', { name: m.accepted_by, at: formatMoment(m.accepted_at, zone) })].filter(Boolean).join(' · ')}
              </Typography>
            </Box>
            <Typography component="span" sx={{ fontVariantNumeric: 'tabular-nums' }}><Money value={m.amount} /></Typography>
            <Box sx={{ minWidth: { sm: 110 }, textAlign: 'end' }}>
              {m.state === 'billed' ? <StatusChip label={t('milestone.billed')} tone="success" /> : m.state === 'accepted' ? <StatusChip label={t('milestone.accepted')} tone="brand" /> : m.state === 'changes_asked' ? <StatusChip label={t('milestone.changesAsked')} tone="warning" /> : as ? <StatusChip label={t('milestone.open')} /> : (
                <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, justifyContent: 'flex-end' }}>
                  <Button aria-label={t('milestone.changesOf', { name: m.name })} onClick={() => setChanging(m)}>{t('milestone.changes')}</Button>
                  <Button variant="outlined" aria-label={t('milestone.acceptOf', { name: m.name })} onClick={() => setAsking(m)}>{t('milestone.accept')}</Button>
                </Box>
              )}
            </Box>
            <Rounds rounds={m.rounds} name={m.name} zone={zone} />
          </Box>
        ))}
      </Box>
      <ConfirmDialog
        open={asking !== null}
        title={t('milestone.acceptTitle', { name: asking?.name ?? '' })}
        text={t('milestone.acceptText', { amount: formatMoney(asking?.amount) })}
        confirmLabel={t('milestone.accept')}
        onClose={() => setAsking(null)}
        onConfirm={async () => {
          if (!asking) return;
          await accept({ id: asking.id, version: asking.version }).unwrap();
          toast(t('milestone.done'));
        }}
      />
      {changing && <ChangesDialog milestone={changing} onClose={() => setChanging(null)} />}
    </>
  );
}
