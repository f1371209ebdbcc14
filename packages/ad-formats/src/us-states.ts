const codes =
  'al alabama,ak alaska,az arizona,ar arkansas,ca california,co colorado,ct connecticut,de delaware,' +
  'dc districtofcolumbia,fl florida,ga georgia,hi hawaii,id idaho,il illinois,in indiana,ia iowa,ks kansas,' +
  'ky kentucky,la louisiana,me maine,md maryland,ma massachusetts,mi michigan,mn minnesota,ms mississippi,' +
  'mo missouri,mt montana,ne nebraska,nv nevada,nh newhampshire,nj newjersey,nm newmexico,ny newyork,' +
  'nc northcarolina,nd northdakota,oh ohio,ok oklahoma,or oregon,pa pennsylvania,ri rhodeisland,' +
  'sc southcarolina,sd southdakota,tn tennessee,tx texas,ut utah,vt vermont,va virginia,wa washington,' +
  'wv westvirginia,wi wisconsin,wy wyoming,pr puertorico,gu guam,vi usvirginislands,as americansamoa,' +
  'mp northernmarianaislands';

const byName = new Map(
  codes.split(',').flatMap((entry) => {
    const [code = '', name = ''] = entry.split(' ');
    return [[code, code] as const, [name, code] as const];
  }),
);

/** USPS code in lower case of a US state or territory, from its code or its English name in lower-case letters only. */
export function usStateCode(name: string): string | undefined {
  return byName.get(name);
}
