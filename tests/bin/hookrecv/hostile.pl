#!/usr/bin/perl
# Hostile senders, and a good one beside them that takes the time.  For hostile.bats:
#   hostile.pl ATTACK PORT FROM [ARGUMENT...]
# FROM is an address of ours, or "many": each connection comes from another one.  An attack
# says "ready" once it is under way and goes on until it is killed:
#   half N       N connections with half a head, opened again when they are closed
#   drip N HEAD  N connections that send a byte a second of a head, or of a body behind HEAD
#   guess N      N requests for hooks that do not exist; then it says how it was answered
#   flood MB     unsigned bodies of that size, one after the other
#   garbage      requests and rubbish, many at once
# And the good one:
#   good N HEAD  N deliveries, each on a connection of its own; prints the median and the
#                longest time in milliseconds, and how many were answered 202
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use Socket qw(MSG_DONTWAIT MSG_NOSIGNAL);
use Time::HiRes qw(sleep time);

my ($attack, $port, $from, @rest) = @ARGV;
my $opened = 0;
$| = 1;
$SIG{PIPE} = 'IGNORE';

sub address {
	return $from if $from ne 'many';
	$opened++;
	return sprintf '127.%d.%d.%d', 1 + $opened / 62500 % 250, $opened / 250 % 250, 1 + $opened % 250;
}

sub dial {
	return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, LocalAddr => address(), Timeout => 20);
}

# What can be sent at once of it.
sub put { return send($_[0], $_[1], MSG_DONTWAIT | MSG_NOSIGNAL) }

sub slurp {
	my ($file) = @_;
	local $/;
	open my $in, '<', $file or die "$file: $!";
	return <$in>;
}

# Keep N connections open; each new one begins with $first, and gets $next now and then.
sub hold {
	my ($n, $first, $next, $pause) = @_;
	my $all = IO::Select->new;
	my $said = 0;
	while (1) {
		while ($all->count < $n) {
			my $socket = dial() or last;
			put($socket, $first);
			$all->add($socket);
		}
		print "ready\n" unless $said++;
		my $until = time + $pause;
		while ((my $left = $until - time) > 0) {
			for my $socket ($all->can_read($left)) {
				$all->remove($socket), close $socket unless sysread $socket, my $answer, 4096;
			}
			sleep 0.01;
		}
		put($_, $next) for $all->handles;
	}
}

sub guess {
	my ($n) = @_;
	my (%seen, $socket);
	for my $i (1 .. $n) {
		my $id = sprintf '01234567-89ab-4cde-8f01-%012x', $i;
		$socket ||= dial() or next;
		put($socket, "POST /hook/$id HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
		print "ready\n" if $i == 20;
		my $answer = '';
		while ($answer !~ /\r\n\r\n/) {
			sysread($socket, $answer, 4096, length $answer) or last;
		}
		$seen{$1}++ if $answer =~ m{^HTTP/1.1 (\d+)};
		undef $socket if $answer !~ /\r\n\r\n/ || $answer =~ /Connection: close/i;
	}
	print "guessed:", (map { " $_=$seen{$_}" } sort keys %seen), "\n";
}

sub flood {
	my ($megabytes, $path) = @_;
	my $piece = 'x' x 65536;
	while (1) {
		my $socket = dial() or next;
		my $length = $megabytes << 20;
		my $sent = 0;
		put($socket, "POST $path HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: $length\r\n\r\n");
		while ($sent < $length) {
			my $did = send($socket, $piece, MSG_NOSIGNAL) or last;
			$sent += $did;
			print "ready\n" if $sent == length $piece;
		}
	}
}

sub garbage {
	my ($path) = @_;
	my @pieces = (
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n" x 100,
		"POST $path HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" x 20,
		"POST $path HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}" x 50,
		join('', map { chr(($_ * 7919) % 256) } 1 .. 8192),
		"\r\n" x 2000, ("A: " . ('b' x 100) . "\r\n") x 500,
	);
	for (my $i = 0; ; $i++) {
		my $socket = dial() or next;
		put($socket, $pieces[ ($i + $_) % @pieces ]) for 0 .. 2;
		shutdown $socket, 1;
		my $bytes = 0;
		while (my $got = sysread $socket, my $answer, 65536) {
			last if ($bytes += $got) > 1 << 20;
		}
		print "ready\n" if $i == 5;
	}
}

sub good {
	my ($n, $file) = @_;
	my $head = slurp($file);
	my (@took, $stored);
	for my $i (1 .. $n) {
		my $began = time;
		my $answer = '';
		my $socket = dial();
		my $delivery = "good-$$-$i";
		if ($socket) {
			put($socket, $head =~ s/DELIVERY/$delivery/r);
			while (sysread $socket, $answer, 4096, length $answer) { }
		}
		push @took, (time - $began) * 1000;
		$stored++ if $answer =~ m{^HTTP/1.1 202 };
	}
	@took = sort { $a <=> $b } @took;
	printf "median=%.1f longest=%.1f stored=%d\n", $took[ @took / 2 ], $took[-1], $stored || 0;
}

if ($attack eq 'half') { hold($rest[0], "POST /hook/x HTTP/1.1\r\nHost: x\r\nX-A: ", '', 0.1) }
elsif ($attack eq 'drip') { hold($rest[0], $rest[1] ? slurp($rest[1]) : 'P', 'x', 1) }
elsif ($attack eq 'guess') { guess(@rest) }
elsif ($attack eq 'flood') { flood(@rest) }
elsif ($attack eq 'garbage') { garbage(@rest) }
elsif ($attack eq 'good') { good(@rest) }
else { die "hostile.pl: no attack '$attack'\n" }
