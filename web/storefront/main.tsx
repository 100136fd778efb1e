import '@mantine/core/styles/baseline.css';
import '@mantine/core/styles/default-css-variables.css';
import '@mantine/core/styles/global.css';
import '@mantine/core/styles/UnstyledButton.css';
import '@mantine/core/styles/VisuallyHidden.css';
import '@mantine/core/styles/Paper.css';
import '@mantine/core/styles/Loader.css';
import '@mantine/core/styles/ActionIcon.css';
import '@mantine/core/styles/Button.css';
import '@mantine/core/styles/Skeleton.css';
import '@mantine/core/styles/Text.css';
import '@mantine/core/styles/Anchor.css';
import '@mantine/core/styles/Title.css';
import type { ReactNode } from 'react';
import { mount } from '../page/mount.tsx';
import { CheckoutPage } from './checkout-page.tsx';
import { FailurePage } from './failure-page.tsx';
import { ShopPage } from './shop-page.tsx';
import { SuccessPage } from './success-page.tsx';

/*
 * Each page is a full page load, so that reload, back button and bookmarks behave as in any browser.
 */

const query = new URLSearchParams(location.search);
const address = { checkout_session_id: query.get('checkout_session_id'), token: query.get('token') };

const pages: Readonly<Record<string, ReactNode>> = {
  '/checkout': <CheckoutPage sessionId={address.checkout_session_id} />,
  '/checkout/success': <SuccessPage address={address} />,
  '/checkout/failure': <FailurePage address={address} />,
};

mount(pages[location.pathname.replace(/\/$/, '')] ?? <ShopPage />);
