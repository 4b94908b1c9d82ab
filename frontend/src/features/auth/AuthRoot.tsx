import { useCallback, useState } from 'react';
import { boot } from '../../shared/lib/boot';
import { Root } from '../../shared/ui/Root';
import type { AgencyLook } from './api';
import { AuthApp } from './AuthApp';

/** The pages in the colour of the agency that somebody is on the way to. */
export function AuthRoot() {
  const [colour, setColour] = useState<string>();
  const onBrand = useCallback((agency: AgencyLook) => setColour(agency.colour), []);
  return (
    <Root colour={colour}>
      <AuthApp host={boot.host === 'site' ? 'site' : 'auth'} path={location.pathname} onBrand={onBrand} />
    </Root>
  );
}
