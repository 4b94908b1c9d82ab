import Box from '@mui/material/Box';
import Dialog from '@mui/material/Dialog';
import { styled, useColorScheme } from '@mui/material/styles';
import { Command } from 'cmdk';
import { useState, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { accountUrl, signOut } from '../../shared/lib/account';
import { command } from '../../shared/lib/commands';
import { useDebounced } from '../../shared/lib/hooks';
import { useCan } from '../../shared/lib/me';
import { usePaletteSearchQuery } from './api';
import { useT } from './locales/en';

const Frame = styled('div')(({ theme }) => ({
  '& [cmdk-input]': { width: '100%', boxSizing: 'border-box', border: 0, borderBottom: '1px solid var(--mui-palette-divider)', background: 'transparent', color: 'inherit', font: 'inherit', fontSize: 16, padding: '16px 20px', outline: 'none' },
  '& [cmdk-input]::placeholder': { color: 'var(--mui-palette-text-secondary)', opacity: 1 },
  '& [cmdk-list]': { height: 'min(420px, 60dvh)', overflowY: 'auto', padding: 8, scrollPaddingBlock: 8 },
  '& [cmdk-group-heading]': { fontSize: 12, fontWeight: 600, color: 'var(--mui-palette-text-secondary)', padding: '8px 12px 4px' },
  '& [cmdk-item]': { display: 'flex', alignItems: 'center', gap: 8, padding: '8px 12px', borderRadius: theme.shape.borderRadius, cursor: 'pointer', minHeight: 24, [theme.breakpoints.down('sm')]: { minHeight: 28 } },
  '& [cmdk-item][data-selected=true]': { background: 'var(--mui-palette-action-selected)' },
  '& [cmdk-empty]': { padding: 24, textAlign: 'center', color: 'var(--mui-palette-text-secondary)' },
}));

const pages = [
  ['home', '/', ''], ['time', '/time', 'timesheets.entries.write'], ['expenses', '/expenses', 'expenses.expenses.write'], ['approvals', '/approvals', 'timesheets.sheets.approve'], ['tasks', '/tasks', 'projects.tasks.read'], ['projects', '/projects', 'projects.projects.read'],
  ['clients', '/clients', 'clients.clients.read'], ['invoices', '/invoices', 'invoicing.invoices.read'], ['rates', '/rates', 'rates.cards.read'], ['audit', '/audit', 'audit.events.read'], ['settings', '/settings', 'agency.settings.read'],
] as const;

const news = [['client', '/clients?new=1', 'clients.clients.write'], ['project', '/projects?new=1', 'projects.projects.write'], ['invoice', '/invoices?new=1', 'invoicing.invoices.write']] as const;

export function Palette({ onClose, onKeys }: { onClose: () => void; onKeys: () => void }) {
  const t = useT();
  const can = useCan();
  const navigate = useNavigate();
  const { mode, systemMode, setMode } = useColorScheme();
  const [text, setText] = useState('');
  const q = useDebounced(text.trim(), 150);
  const go = (to: string) => {
    onClose();
    void navigate(to);
  };
  const act = (fn: () => void) => {
    onClose();
    fn();
  };
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" aria-label={t('label')} sx={{ '& .MuiDialog-container': { alignItems: 'flex-start' } }} slotProps={{ paper: { sx: { mt: { xs: 2, sm: '12vh' }, mx: { xs: 2 }, width: { xs: 'calc(100% - 16px)' } } } }}>
      <Frame>
        <Command label={t('label')} loop>
          <Command.Input autoFocus value={text} onValueChange={setText} placeholder={t('placeholder')} maxLength={100} />
          <Command.List label={t('label')}>
            <Command.Empty>{q === text.trim() ? t('none', { q }) : t('searching')}</Command.Empty>
            {q.length > 1 && can('clients.clients.read') && <Hits kind="clients" q={q} onGo={(h) => go(`/clients/${h.id}`)} />}
            {q.length > 1 && can('projects.projects.read') && <Hits kind="projects" q={q} onGo={(h) => go(`/projects/${h.id}`)} />}
            {q.length > 1 && can('projects.tasks.read') && <Hits kind="tasks" q={q} onGo={(h) => go(h.project ? `/projects/${h.project.id}?task=${h.id}` : '/tasks')} />}
            <Group heading={t('group.go')}>
              {pages.filter(([, , p]) => !p || can(p)).map(([key, to]) => <Command.Item key={key} value={`go ${t(`page.${key}`)}`} onSelect={() => go(to)}>{t(`page.${key}`)}</Command.Item>)}
            </Group>
            <Group heading={t('group.act')}>
              {can('timesheets.entries.write') && <Command.Item onSelect={() => act(() => { if (!command('time.log')) void navigate('/time?log=1'); })}>{t('act.log')}</Command.Item>}
              {can('timesheets.entries.write') && <Command.Item onSelect={() => act(() => { command('timer.toggle'); })}>{t('act.timer')}</Command.Item>}
              {news.filter(([, , p]) => can(p)).map(([key, to]) => <Command.Item key={key} onSelect={() => go(to)}>{t(`act.${key}`)}</Command.Item>)}
              <Command.Item onSelect={() => act(() => setMode((mode === 'system' ? systemMode : mode) === 'dark' ? 'light' : 'dark'))}>{t('act.dark')}</Command.Item>
              <Command.Item onSelect={onKeys}>{t('act.keys')}</Command.Item>
              <Command.Item onSelect={() => location.assign(accountUrl('/settings'))}>{t('act.profile')}</Command.Item>
              <Command.Item onSelect={() => void signOut()}>{t('act.signOut')}</Command.Item>
            </Group>
          </Command.List>
        </Command>
      </Frame>
    </Dialog>
  );
}

const Group = ({ heading, children }: { heading: string; children: ReactNode }) => <Command.Group heading={heading}>{children}</Command.Group>;

type HitsProps = { kind: 'clients' | 'projects' | 'tasks'; q: string; onGo: (h: { id: string; project?: { id: string } }) => void };

function Hits({ kind, q, onGo }: HitsProps) {
  const t = useT();
  const { data = [] } = usePaletteSearchQuery({ kind, q });
  if (data.length === 0) return null;
  return (
    <Command.Group heading={t(`group.${kind}`)} forceMount>
      {data.map((h) => (
        // The server has matched already, perhaps on another field than the name.
        <Command.Item key={h.id} value={`${kind} ${h.id}`} forceMount onSelect={() => onGo(h)}>
          <span style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{h.name}</span>
          <Box component="span" sx={{ color: 'text.secondary', ml: 'auto', fontSize: 12, whiteSpace: 'nowrap' }}>{h.project?.name ?? h.client_name ?? h.code}</Box>
        </Command.Item>
      ))}
    </Command.Group>
  );
}
