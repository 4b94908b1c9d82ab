import type { ReactNode } from 'react';
import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import Box from '@mui/material/Box';
import { FlowMessages } from './FlowForm';
import type { FlowState } from '../useFlow';
import { t } from '../text';

/** What all flows share: the skeleton until they are there, and what is wrong with them as a whole. */
export function FlowPage({ state, omit, rows = 2, children }: { state: FlowState; omit?: readonly number[]; rows?: number; children: ReactNode }) {
  const { flow, problem } = state;
  return (
    <>
      {problem && (
        <Alert
          severity="error"
          role="alert"
          sx={{ mb: 4 }}
          action={!flow && <Button color="inherit" size="small" onClick={() => location.reload()}>{t('common.retry')}</Button>}
        >
          {problem}
        </Alert>
      )}
      {flow && <FlowMessages flow={flow} omit={omit} />}
      {flow ? children : !problem && <FormSkeleton rows={rows} />}
    </>
  );
}

export function FormSkeleton({ rows }: { rows: number }) {
  return (
    <Box aria-busy="true" aria-label={t('common.loading')} role="status" sx={{ display: 'grid', gap: 4 }}>
      {Array.from({ length: rows }, (_, i) => (
        <Box key={i}>
          <Skeleton variant="text" width={90} sx={{ mb: 1 }} />
          <Skeleton variant="rounded" height={40} />
        </Box>
      ))}
      <Skeleton variant="rounded" height={42} />
    </Box>
  );
}
