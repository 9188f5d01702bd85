using Ebb.Nut;

namespace Ebb.Tests.Nut;

public sealed class AddressSpecs
{
    [Theory]
    [InlineData("nut://nas/ups", "ups", UpsServer.Upsd, "nas", 3493, "ups", null, null, "nut://nas:3493/ups")]
    [InlineData(
        "  rack=nut://nas.lan:13493/ups  ",
        "rack",
        UpsServer.Upsd,
        "nas.lan",
        13493,
        "ups",
        null,
        null,
        "nut://nas.lan:13493/ups"
    )]
    [InlineData(
        "NUT://10.0.0.1/apc-1",
        "apc-1",
        UpsServer.Upsd,
        "10.0.0.1",
        3493,
        "apc-1",
        null,
        null,
        "nut://10.0.0.1:3493/apc-1"
    )]
    [InlineData(
        "nut://[fd00::1]:99/ups",
        "ups",
        UpsServer.Upsd,
        "fd00::1",
        99,
        "ups",
        null,
        null,
        "nut://[fd00::1]:99/ups"
    )]
    [InlineData("nut://[::1]/ups", "ups", UpsServer.Upsd, "::1", 3493, "ups", null, null, "nut://[::1]:3493/ups")]
    [InlineData(
        "nut://monuser:secret@nas/ups",
        "ups",
        UpsServer.Upsd,
        "nas",
        3493,
        "ups",
        "monuser",
        "secret",
        "nut://nas:3493/ups"
    )]
    [InlineData(
        "nut://me:p%20w%22d%231%40@nas/ups",
        "ups",
        UpsServer.Upsd,
        "nas",
        3493,
        "ups",
        "me",
        "p w\"d#1@",
        "nut://nas:3493/ups"
    )]
    [InlineData(
        "nut://me:a:b@c@nas/ups",
        "ups",
        UpsServer.Upsd,
        "nas",
        3493,
        "ups",
        "me",
        "a:b@c",
        "nut://nas:3493/ups"
    )]
    [InlineData("nut://me@nas/ups", "ups", UpsServer.Upsd, "nas", 3493, "ups", "me", null, "nut://nas:3493/ups")]
    [InlineData("nuts://nas/ups", "ups", UpsServer.UpsdTls, "nas", 3493, "ups", null, null, "nuts://nas:3493/ups")]
    [InlineData(
        "http://exporter:9199/ups_metrics?ups=ups",
        "ups",
        UpsServer.Exporter,
        "exporter",
        9199,
        "ups",
        null,
        null,
        "http://exporter:9199/ups_metrics?ups=ups"
    )]
    [InlineData(
        "a=http://exporter/nut?target=nas",
        "a",
        UpsServer.Exporter,
        "exporter",
        80,
        null,
        null,
        null,
        "http://exporter:80/nut"
    )]
    [InlineData(
        "https://u:p@exporter/m?ups=x&password=hunter2",
        "x",
        UpsServer.Exporter,
        "exporter",
        443,
        "x",
        "u",
        "p",
        "https://exporter:443/m?ups=x"
    )]
    public void An_address_is_taken_apart(
        string text,
        string name,
        UpsServer server,
        string host,
        int port,
        string? ups,
        string? user,
        string? password,
        string shown
    )
    {
        var (address, errors) = UpsSourceAddress.Parse(text);
        Assert.Empty(errors);
        Assert.Equal(
            (name, server, host, port, ups, user, password),
            (address!.Name, address.Server, address.Host, address.Port, address.Ups, address.User, address.Password)
        );
        Assert.Equal(shown, address.ToString());
        Assert.False(address.Insecure);
    }

    [Theory]
    [InlineData(null, "found nothing")]
    [InlineData("", "found nothing")]
    [InlineData("nas/ups", "found a text without ://")]
    [InlineData("ftp://nas/ups", "expected scheme nut, nuts, http or https, found ftp")]
    [InlineData("nut://nas", "expected a UPS name, found none")]
    [InlineData("nut://nas/", "expected a UPS name, found none")]
    [InlineData("nut:///ups", "expected a host, found none")]
    [InlineData("nut://a b/ups", "expected a DNS name or an IP address")]
    [InlineData("nut://nas:0/ups", "expected a port of 1 to 65535")]
    [InlineData("nut://nas:65536/ups", "expected a port of 1 to 65535")]
    [InlineData("nut://nas:-1/ups", "expected a port of 1 to 65535")]
    [InlineData("nut://nas:/ups", "expected a port of 1 to 65535")]
    [InlineData("nut://nas/u%2", "expected two hexadecimal digits")]
    [InlineData("nut://nas/b%C3%BCro", "printable ASCII")]
    [InlineData("nut://nas/a%0Ab", "printable ASCII")]
    [InlineData("=nut://nas/ups", "expected a name, found none")]
    [InlineData("nut://nas/ups?insecure=true", "expected insecure and ca only with nuts or https")]
    [InlineData("nuts://nas/ups?insecure=yes", "expected insecure=true or insecure=false")]
    [InlineData("nuts://nas/ups?ca=", "expected ca=/path")]
    [InlineData("nuts://nas/ups?tls=1", "expected no option but insecure and ca")]
    [InlineData("http://exporter:9199/ups_metrics", "expected name= in front or ?ups= in the query")]
    public void What_is_wrong_is_said(string? text, string part)
    {
        var (address, errors) = UpsSourceAddress.Parse(text);
        Assert.Null(address);
        Assert.Contains(errors, error => error.Contains(part, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nut://me:hunter2#x@nas/ups")]
    [InlineData("nut://me:hunter2/x@nas/ups")]
    [InlineData("nut://me:1/hunter2@nas/ups")]
    [InlineData("nut://me:hunter2@nas:hunter2/ups")]
    [InlineData("nut://me:hunter2%@nas/ups")]
    [InlineData("hunter2:me@nas/ups")]
    [InlineData("nut://me:hunter2")]
    [InlineData("hunter2 @://nas/ups")]
    [InlineData("nut://me:hunter2@@@/ups?hunter2=hunter2")]
    public void No_error_repeats_a_password(string text)
    {
        var errors = UpsSourceAddress.Parse(text).Errors;
        Assert.NotEmpty(errors);
        Assert.DoesNotContain(errors, error => error.Contains("hunter2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nut://[fe80::1%25lo]/ups", "fe80::1%lo", null)]
    [InlineData("nut://[fe80::1%lo]:99/ups", "fe80::1%lo", null)]
    [InlineData("nut://[fe80::1%1]/ups", "fe80::1%1", null)]
    [InlineData("http://[fe80::1%25lo]:9199/ups_metrics?ups=ups", "fe80::1%lo", "[fe80::1]")]
    [InlineData("https://[fe80::1%lo]/ups_metrics?ups=ups", "fe80::1%lo", "[fe80::1]")]
    public void A_zone_is_decoded_and_known_to_this_machine_only(string text, string host, string? told)
    {
        var (address, errors) = UpsSourceAddress.Parse(text);
        Assert.Empty(errors);
        Assert.Equal((host, told), (address!.Host, address.Page?.Host));
        Assert.Contains($"[{host}]", address.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nut://[fe80::1%25nosuch0]/ups", "of a network interface of this machine", "found nosuch0")]
    [InlineData("https://[fe80::1%nosuch0]/m?ups=ups", "of a network interface of this machine", "found nosuch0")]
    [InlineData("nut://[fe80::1%]/ups", "of a network interface of this machine", "found none of them")]
    [InlineData("nut://[fe80::1%0]/ups", "of a network interface of this machine", "found 0")]
    [InlineData("nut://[fe80::1%4000]/ups", "of a network interface of this machine", "found 4000")]
    [InlineData("nut://[fe80::1%25999999]/ups", "of a network interface of this machine", "found 999999")]
    [InlineData("nut://[fe80::1]/ups", "after the % of a link-local IPv6 address", "found no %")]
    [InlineData("nut://[fe80::1%25a%20b]/ups", "of a network interface of this machine", "found none of them")]
    [InlineData("nut://[nas%25lo]/ups", "expected a DNS name or an IP address", "found neither")]
    [InlineData("nut://nas%25lo/ups", "expected a DNS name or an IP address", "found neither")]
    [InlineData("nut://10.0.0.1%25lo/ups", "expected a DNS name or an IP address", "found neither")]
    public void A_zone_that_leads_nowhere_is_refused(string text, string expected, string found)
    {
        var error = Assert.Single(UpsSourceAddress.Parse(text).Errors);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Contains(found, error, StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_come_at_once() =>
        Assert.True(UpsSourceAddress.Parse("=nut://me:%zz@nas:99999/?tls=1").Errors.Count >= 4);

    [Fact]
    public void Bounds_hold()
    {
        Assert.NotEmpty(UpsSourceAddress.Parse("nut://nas/" + new string('u', 257)).Errors);
        Assert.Empty(UpsSourceAddress.Parse("nut://nas/" + new string('u', 256)).Errors);
        Assert.NotEmpty(UpsSourceAddress.Parse("nut://nas/" + new string('u', 1_000_000)).Errors);
    }

    [Fact]
    public void Certificates_go_unchecked_only_when_that_is_said()
    {
        Assert.True(UpsSourceAddress.Parse("nuts://nas/ups?insecure=true").Address!.Insecure);
        Assert.False(UpsSourceAddress.Parse("nuts://nas/ups?insecure=false").Address!.Insecure);
        Assert.Equal("/etc/ca.pem", UpsSourceAddress.Parse("nuts://nas/ups?ca=%2Fetc%2Fca.pem").Address!.AuthorityFile);
        Assert.Equal(
            "/etc/ca.pem",
            UpsSourceAddress.Parse("https://nas/m?ups=x&ca=/etc/ca.pem").Address!.AuthorityFile
        );
    }
}
