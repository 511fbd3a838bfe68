import { type Diagnostic, type Service, suggest, warning } from '@anyfaas/kit'
import { facts } from './fc3/facts.ts'

export function regionOf(service: Service): string {
  return service.provider.region ?? facts.defaultRegion
}

// https://www.alibabacloud.com/help/en/fc/product-overview/region-availability, and the schema of the component fc3
const REGIONS: readonly string[] = [
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'ap-southeast-5',
  'ap-southeast-7',
  'cn-beijing',
  'cn-chengdu',
  'cn-hangzhou',
  'cn-heyuan-acdr-1',
  'cn-hongkong',
  'cn-huhehaote',
  'cn-qingdao',
  'cn-shanghai',
  'cn-shanghai-cloudspe',
  'cn-shanghai-finance-1',
  'cn-shenzhen',
  'cn-wulanchabu',
  'cn-zhangjiakou',
  'eu-central-1',
  'eu-west-1',
  'me-central-1',
  'us-east-1',
  'us-west-1',
]

/** Warns of a region that is not known to have functions: it may be newer than this list. */
export function checkRegion({ provider }: Service): readonly Diagnostic[] {
  const { region } = provider
  if (region === undefined || REGIONS.includes(region)) return []
  const near = suggest(region, REGIONS)
  return [
    warning('SLS3006', `"${region}" is not among the regions that are known of Function Compute; it is passed on`, {
      pointer: '/provider/region',
      on: 'value',
      help: [near ? `did you mean "${near}"?` : `known are ${REGIONS.slice(0, 6).join(', ')}, …`],
    }),
  ]
}
