package engine

// Date is a calendar day as the number yyyymmdd; 0 is "no date".
type Date int32

// ParseDate reads an ISO day ("2026-05-01") between 1990 and 2099.
func ParseDate(field, s string) (Date, error) {
	bad := &InputError{Code: Format, Field: field, Limit: "date"}
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, bad
	}
	n := 0
	for i := 0; i < 10; i++ {
		if i == 4 || i == 7 {
			continue
		}
		if s[i] < '0' || s[i] > '9' {
			return 0, bad
		}
		n = n*10 + int(s[i]-'0')
	}
	y, m, d := n/10000, n/100%100, n%100
	if y < 1990 || y > 2099 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return 0, bad
	}
	return Date(n), nil
}

func daysIn(y, m int) int {
	switch m {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// String prints the ISO day, or nothing for 0.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	b := [10]byte{4: '-', 7: '-'}
	n := int(d)
	for _, i := range [...]int{9, 8, 6, 5, 3, 2, 1, 0} {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return string(b[:])
}

// Year is the calendar year, Month 1 to 12, MonthDay the number mmdd.
func (d Date) Year() int     { return int(d) / 10000 }
func (d Date) Month() int    { return int(d) / 100 % 100 }
func (d Date) MonthDay() int { return int(d) % 10000 }

// AddMonths is the corresponding day n months later, or the last of that month where it
// has no such day (民法典 202); 0 beyond 2099.
func (d Date) AddMonths(n int) Date {
	n += d.Year()*12 + d.Month() - 1
	y, m := n/12, n%12+1
	if y > 2099 {
		return 0
	}
	return Date(y*10000 + m*100 + min(int(d)%100, daysIn(y, m)))
}

// Add is the day n days later, 0 beyond 2099.
func (d Date) Add(n int) Date {
	y, m, day := d.Year(), d.Month(), int(d)%100+n
	for day > daysIn(y, m) {
		day -= daysIn(y, m)
		if m++; m > 12 {
			y, m = y+1, 1
		}
	}
	if y > 2099 {
		return 0
	}
	return Date(y*10000 + m*100 + day)
}
