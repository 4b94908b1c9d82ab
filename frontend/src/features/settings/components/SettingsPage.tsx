import type { ReactNode } from 'react';
import Box from '@mui/material/Box';
import { PageHeader } from '../../../shared/ui/PageHeader';
import { useT } from '../locale';

type Props = { title: string; sub?: ReactNode; actions?: ReactNode; children: ReactNode };

/** A page of settings. */
export function SettingsPage({ title, sub, actions, children }: Props) {
  const t = useT();
  return (
    <Box sx={{ maxWidth: 880 }}>
      <PageHeader title={title} sub={sub} actions={actions} up={{ to: '/settings', label: t('title') }} />
      {children}
    </Box>
  );
}
