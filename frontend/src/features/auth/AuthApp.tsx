import { lazy, Suspense, useEffect, useState, type ComponentType, type LazyExoticComponent } from 'react';
import { call, type AgencyLook, type Context } from './api';
import { BrandContext, TellBrandContext, VisitContext } from './brand';
import { NotFound } from './components/NotFound';

const page = (load: () => Promise<{ default: ComponentType }>) => lazy(load);

/** The site's pages and those of the sign-in host. Kratos and the broker move people by whole pages, so no router is needed. */
const pages: Record<'site' | 'auth', Record<string, LazyExoticComponent<ComponentType>>> = {
  site: {
    '/': page(() => import('./pages/LandingPage')),
    '/sign-up': page(() => import('./pages/SignUpPage')),
    '/find': page(() => import('./pages/FindPage')),
  },
  auth: {
    '/login': page(() => import('./pages/SignInPage')),
    '/registration': page(() => import('./pages/RegistrationPage')),
    '/verification': page(() => import('./pages/VerificationPage')),
    '/recovery': page(() => import('./pages/RecoveryPage')),
    '/settings': page(() => import('./pages/SecurityPage')),
    '/error': page(() => import('./pages/ErrorPage')),
    '/sign-up/finish': page(() => import('./pages/FinishPage')),
    '/invite': page(() => import('./pages/InvitePage')),
    '/agencies': page(() => import('./pages/AgenciesPage')),
    '/problem': page(() => import('./pages/ProblemPage')),
  },
};

type Props = {
  host: 'site' | 'auth';
  path: string;
  /** Told the agency's colour as soon as it is known, for the theme. */
  onBrand?: (agency: AgencyLook) => void;
};

const ignore = () => undefined;

export function AuthApp({ host, path, onBrand }: Props) {
  const [visit, setVisit] = useState<Context | null>(null);
  useEffect(() => {
    if (host !== 'auth') return;
    void call<Context>('GET', '/api/v1/sign-in-context').then((r) => {
      if (!r.ok) return;
      setVisit(r.data);
      if (r.data.agency) onBrand?.(r.data.agency);
    });
  }, [host, onBrand]);
  const Page = pages[host][path.length > 1 ? path.replace(/\/+$/, '') : path] ?? NotFound;
  return (
    <VisitContext value={visit}>
      <BrandContext value={visit?.agency ?? null}>
        <TellBrandContext value={onBrand ?? ignore}>
          <Suspense fallback={null}>
            <Page />
          </Suspense>
        </TellBrandContext>
      </BrandContext>
    </VisitContext>
  );
}
