import { lazy, Suspense } from 'react';
import { Provider } from 'react-redux';
import { RouterProvider } from 'react-router';
import { makeStore } from '../shared/api/store';
import { Root } from '../shared/ui/Root';
import { StepUp } from '../shared/ui/StepUp';
import { router } from './router';

const store = makeStore();
// Nothing below is needed for the first paint.
const ToastHost = lazy(async () => ({ default: (await import('../shared/ui/ToastHost')).ToastHost }));

export const App = () => (
  <Provider store={store}>
    <Root>
      <RouterProvider router={router} />
      <StepUp />
      <Suspense fallback={null}><ToastHost /></Suspense>
    </Root>
  </Provider>
);
