using System.Net;
using Ebb.Core.Power;
using Ebb.Nut.Exporters;
using Ebb.Tests.Nut.Rig;
using NodaTime;

namespace Ebb.Tests.Nut;

public sealed class ExporterPageSpecs
{
    internal const string NutExporter = """
        # HELP network_ups_tools_battery_charge Battery charge (percent of full) (battery.charge)
        # TYPE network_ups_tools_battery_charge gauge
        network_ups_tools_battery_charge 88
        network_ups_tools_battery_charge_low 10
        network_ups_tools_battery_runtime 1173
        network_ups_tools_battery_runtime_low 120
        network_ups_tools_device_info{contact="",mfr="Acme \"Power\" \\ Ltd",model="a}b",type="ups"} 1
        network_ups_tools_ups_load 17
        network_ups_tools_ups_status{flag="DISCHRG"} 1
        network_ups_tools_ups_status{flag="LB"} 0
        network_ups_tools_ups_status{flag="OB"} 1
        network_ups_tools_ups_status{flag="OL"} 0
        promhttp_metric_handler_requests_total{code="200"} 3

        """;

    internal const string Hon95 = """
        # TYPE nut_ups_status stateset
        # UNIT nut_ups_status 
        nut_ups_status{ups="a",status="OL"} 1
        nut_ups_status{ups="a",status="OB"} 0
        nut_ups_status{ups="b",status="OL"} 0
        nut_ups_status{ups="b",status="OB"} 1
        nut_ups_status{ups="b",status="LB"} 1
        nut_battery_charge{ups="a"} 1.00000000000000000
        nut_battery_charge{ups="b"} 0.28999999999999998
        nut_load{ups="b"} 0.17000000000000001
        nut_battery_charge_low{ups="b"} 0.10000000000000001
        nut_battery_runtime_seconds{ups="b"} 96
        nut_battery_runtime_low_seconds{ups="b"} 120
        nut_status{ups="b"} 2
        # EOF

        """;

    [Fact]
    public void The_dialect_of_nut_exporter_is_recognised_under_any_namespace()
    {
        foreach (
            var page in (string[])
                [
                    NutExporter,
                    NutExporter.Replace("network_ups_tools_", "foo_", StringComparison.Ordinal),
                    NutExporter.Replace("network_ups_tools_", "", StringComparison.Ordinal),
                    NutExporter.Replace("\n", "\r\n", StringComparison.Ordinal),
                ]
        )
        {
            var read = Read(page, null);
            Assert.Equal(["DISCHRG", "OB"], read.Flags.Tokens);
            Assert.Equal((88, 17, 10), (read.Charge, read.Load, read.ChargeLow));
            Assert.Equal((Duration.FromSeconds(1173), Duration.FromSeconds(120)), (read.Runtime, read.RuntimeLow));
        }
    }

    [Fact]
    public void The_dialect_of_HON95_is_recognised_and_its_fractions_are_percent()
    {
        var read = Read(Hon95, "B");
        Assert.Equal(["OB", "LB"], read.Flags.Tokens);
        Assert.Equal((29, 17, 10), (read.Charge, read.Load, read.ChargeLow));
        Assert.Equal((Duration.FromSeconds(96), Duration.FromSeconds(120)), (read.Runtime, read.RuntimeLow));
        Assert.Equal(100, Read(Hon95, "a").Charge);
        Assert.Null(Read(Hon95, "a").Runtime);
    }

    /// <summary>What a Prometheus that has read several of them gives back on one page.</summary>
    private const string Federated = """
        network_ups_tools_ups_status{flag="OL",ups="a"} 1
        network_ups_tools_ups_status{flag="OB",ups="a"} 0
        network_ups_tools_ups_status{flag="OL",ups="b"} 0
        network_ups_tools_ups_status{flag="OB",ups="b"} 1
        network_ups_tools_battery_charge{ups="a"} 100
        network_ups_tools_battery_charge{ups="b"} 29
        network_ups_tools_battery_runtime{ups="a"} 1800
        network_ups_tools_ups_load 17

        """;

    [Fact]
    public void Of_several_UPSes_of_nut_exporter_on_one_page_the_one_that_is_asked_for_is_read()
    {
        Assert.Equal(("OL", 100), (Read(Federated, "a").Flags.ToString(), Read(Federated, "a").Charge));
        var b = Read(Federated, "B");
        Assert.Equal(("OB", 29, null, null), (b.Flags.ToString(), b.Charge, b.Runtime, b.Load));
        Assert.Equal(UpsFault.UnknownUps, Refused(Federated, null));
        Assert.Equal(UpsFault.UnknownUps, Refused(Federated, "c"));
        // Its own exporter is gone; what is left is about another one.
        var rest = string.Join(
            '\n',
            Federated.Split('\n').Where(line => !line.Contains("\"b\"", StringComparison.Ordinal))
        );
        Assert.Equal(UpsFault.UnknownUps, Refused(rest, "b"));
        Assert.Equal("OL", Read(rest, null).Flags.ToString());
    }

    [Fact]
    public void A_runtime_of_zero_is_unknown_and_another_thing_than_none()
    {
        foreach (
            var page in (ExporterPage[])
                [
                    Read(NutExporter.Replace("runtime 1173", "runtime 0", StringComparison.Ordinal), null),
                    Read(Hon95.Replace("\"} 96", "\"} 0", StringComparison.Ordinal), "b"),
                ]
        )
            Assert.Equal((null, true), (page.Runtime, page.RuntimeAtZero));
        Assert.False(Read(Hon95, "a").RuntimeAtZero);
        Assert.False(Read(Hon95, "b").RuntimeAtZero);
    }

    [Fact]
    public void A_page_with_several_UPSes_needs_to_be_told_which()
    {
        Assert.Equal(UpsFault.UnknownUps, Refused(Hon95, null));
        Assert.Equal(UpsFault.UnknownUps, Refused(Hon95, "c"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n\n")]
    [InlineData("<html>\n<head><title>NUT Exporter</title></head>")]
    [InlineData("\uFEFF  <!DOCTYPE html>")]
    [InlineData("# EOF\n")]
    [InlineData("go_goroutines 9\npromhttp_metric_handler_requests_total{code=\"200\"} 3\n")]
    [InlineData("network_ups_tools_battery_charge 100\nnetwork_ups_tools_ups_load 17\n")]
    [InlineData("nut_battery_charge{ups=\"ups\"} 1\n")]
    [InlineData("not a metric at all")]
    [InlineData("network_ups_tools_ups_status{flag=\"OL")]
    [InlineData("{\"status\":\"OL\"}")]
    public void A_page_without_a_status_is_no_data(string page) => Assert.Equal(UpsFault.NoData, Refused(page, "ups"));

    [Theory]
    [InlineData("x_ups_status{flag=\"\"} 1\n")]
    [InlineData("x_ups_status{flag=\"OL\"} 0\nx_ups_status{flag=\"OB\"} 0\n")]
    [InlineData("x_ups_status{flag=\"OL\"} NaN\n")]
    [InlineData("nut_ups_status{ups=\"a\",status=\"OL\"} 0\nnut_ups_status{ups=\"a\",status=\"OB\"} 0\n")]
    public void A_status_with_no_flag_set_says_nothing(string page) =>
        Assert.Equal(UpsFlags.Empty, Read(page, null).Flags);

    [Theory]
    [InlineData("x_battery_charge NaN")]
    [InlineData("x_battery_charge +Inf")]
    [InlineData("x_battery_charge -Inf")]
    [InlineData("x_battery_charge -197.6")]
    [InlineData("x_battery_charge 120")]
    [InlineData("x_battery_charge 1e300")]
    [InlineData("x_battery_charge")]
    [InlineData("x_battery_charge 88 x")]
    [InlineData("x_battery_charge{a=b} 88")]
    public void A_charge_that_cannot_be_true_is_unknown(string line) =>
        Assert.Null(Read("x_ups_status{flag=\"OL\"} 1\n" + line + "\n", null).Charge);

    [Theory]
    [InlineData("65535", null)]
    [InlineData("3.9321e+06", null)]
    [InlineData("0", null)]
    [InlineData("-60", null)]
    [InlineData("7.068e+04", 70680)]
    [InlineData("1173 1700000000000", 1173)]
    public void A_runtime_is_seconds_or_unknown(string value, int? seconds) =>
        Assert.Equal(
            seconds,
            (int?)Read($"x_ups_status{{flag=\"OL\"}} 1\nx_battery_runtime {value}\n", null).Runtime?.TotalSeconds
        );

    [Theory]
    [InlineData("a 1", "a", 1d, "")]
    [InlineData("  a{}\t1.5 ", "a", 1.5, "")]
    [InlineData("a:b_C9{x=\"1\", y = \"2\" ,} -3e2 1700", "a:b_C9", -300d, "x=1;y=2")]
    [InlineData("""a{x="\\ \" \n \q }",y=""} +1""", "a", 1d, "x=\\ \" \n \\q };y=")]
    [InlineData("a nan", "a", double.NaN, "")]
    [InlineData("a -INF", "a", double.NegativeInfinity, "")]
    [InlineData("a +Infinity", "a", double.PositiveInfinity, "")]
    public void A_sample_has_a_name_labels_and_a_value(string line, string name, double value, string labels)
    {
        var sample = Sample.Parse(line)!;
        Assert.Equal(
            (name, value, labels),
            (sample.Name, sample.Value, string.Join(';', sample.Labels.Select(each => $"{each.Key}={each.Value}")))
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("# comment")]
    [InlineData("9a 1")]
    [InlineData("a")]
    [InlineData("a{ 1")]
    [InlineData("a{x} 1")]
    [InlineData("a{x=\"1} 1")]
    [InlineData("a{x=\"1\"y=\"2\"} 1")]
    [InlineData("a{x=\"1\"} ")]
    [InlineData("a 1,5")]
    [InlineData("a 12.34.56")]
    [InlineData("a 1 2 3")]
    [InlineData("ä 1")]
    public void What_is_no_sample_is_left_out(string line) => Assert.Null(Sample.Parse(line));

    [Theory]
    [InlineData(
        500,
        "An error has occurred while serving metrics:\n\nerror collecting metric Desc{…}: error reading response: EOF",
        UpsFault.ConnectionLost
    )]
    [InlineData(500, "… dial tcp 127.0.0.1:13498: connect: connection refused", UpsFault.Unreachable)]
    [InlineData(500, "An error has occurred while serving metrics:\n\nempty metric collected: ", UpsFault.UnknownUps)]
    [InlineData(
        500,
        "collected metric \"x\" { … } was collected before with the same name and label values",
        UpsFault.Garbled
    )]
    [InlineData(
        503,
        "Failed to communicate with target: Received error for query \"LIST VAR ups\": DATA-STALE",
        UpsFault.DataStale
    )]
    [InlineData(
        503,
        "Failed to communicate with target: Received error for query \"LIST VAR ups\": DRIVER-NOT-CONNECTED",
        UpsFault.DriverNotConnected
    )]
    [InlineData(
        503,
        "Failed to communicate with target: Received error for query \"LIST VAR ups\": ACCESS-DENIED",
        UpsFault.AccessDenied
    )]
    [InlineData(503, "Failed to communicate with target: Malformed list element for VAR list query.", UpsFault.Garbled)]
    [InlineData(503, "Failed to connect to target: Connection refused (os error 111)", UpsFault.Unreachable)]
    [InlineData(401, "", UpsFault.AccessDenied)]
    [InlineData(403, "", UpsFault.AccessDenied)]
    [InlineData(404, "", UpsFault.NoData)]
    [InlineData(400, "Missing target.", UpsFault.ProtocolError)]
    [InlineData(302, "", UpsFault.ProtocolError)]
    [InlineData(204, "", UpsFault.ProtocolError)]
    [InlineData(500, "", UpsFault.ProtocolError)]
    public void A_refusal_is_told_by_its_sentence(int status, string body, UpsFault fault) =>
        Assert.Equal(fault, ExporterRefusal.Of((HttpStatusCode)status, body).Kind);

    [Theory]
    [InlineData("OL", "OL")]
    [InlineData("OB DISCHRG", "DISCHRG OB")]
    [InlineData("OB LB DISCHRG", "DISCHRG LB OB")]
    [InlineData("FSD OB LB DISCHRG", "DISCHRG FSD LB OB")]
    [InlineData("CAL OB DISCHRG", "CAL DISCHRG OB")]
    [InlineData("WAIT", "WAIT")]
    [InlineData("", "")]
    [InlineData("ALARM OL RB", "ALARM OL RB")]
    [InlineData("OL FOO HE", "FOO HE OL")]
    [InlineData("FSD  OL CHRG", "CHRG FSD OL")]
    [InlineData("1 FSD", "1 FSD")]
    public void A_page_of_nut_exporter_says_what_upsd_said(string status, string expected)
    {
        foreach (var showsAbsent in new[] { true, false })
        {
            var read = Read(ExporterPages.NutExporter(status, showsAbsent: showsAbsent), "ups");
            Assert.Equal(expected, read.Flags.ToString());
            Assert.Equal((88d, 17d), (read.Charge, read.Load));
            Assert.Equal(Duration.FromSeconds(1173), read.Runtime);
        }
    }

    [Fact]
    public void A_page_of_nut_exporter_may_have_another_prefix_and_its_default_one_has_no_runtime()
    {
        Assert.Equal("OL", Read(ExporterPages.NutExporter("OL", "foo"), "ups").Flags.ToString());
        Assert.Null(Read(ExporterPages.NutExporter("OL", showsRuntime: false), "ups").Runtime);
    }

    [Fact]
    public void A_page_of_nut_exporter_without_a_status_is_no_data() =>
        Assert.Equal(UpsFault.NoData, Refused(ExporterPages.NutExporter(null), "ups"));

    /// <summary>What it answers with status 500 when it cannot ask upsd.</summary>
    [Theory]
    [InlineData("Failure gathering UPS variables", "dial tcp 127.0.0.1:3493: connect: connection refused")]
    [InlineData("Failure instantiating the UPS", "error reading response: EOF")]
    [InlineData("Failure converting NUT", "empty metric collected")]
    public void A_failure_of_nut_exporter_is_no_protocol_error_and_no_data(string help, string cause)
    {
        var body =
            "An error has occurred while serving metrics:\n\nerror collecting metric Desc{fqName: "
            + $"\"network_ups_tools_error\", help: \"{help}\", constLabels: {{}}, variableLabels: []}}: {cause}\n";
        Assert.NotEqual(UpsFault.ProtocolError, ExporterRefusal.Of(HttpStatusCode.InternalServerError, body).Kind);
        Assert.Equal(UpsFault.NoData, Refused(body, "ups"));
    }

    [Theory]
    [InlineData("OL", "OL")]
    [InlineData("OL CHRG", "OL CHRG")]
    [InlineData("OB DISCHRG", "OB")]
    [InlineData("OB LB DISCHRG", "OB LB")]
    [InlineData("FSD OB LB", "OB LB FSD")]
    [InlineData("CAL OB", "OB")]
    [InlineData("WAIT", "")]
    [InlineData("OL LB RB", "OL LB RB")]
    public void A_page_of_prometheus_nut_exporter_says_what_it_can_say(string status, string expected)
    {
        var read = Read(ExporterPages.PrometheusNutExporter(("ups", status)), "ups");
        Assert.Equal(expected, read.Flags.ToString());
        Assert.Equal((88d, Duration.FromSeconds(1173)), (read.Charge, read.Runtime));
    }

    [Fact]
    public void Of_two_upses_on_a_page_the_one_that_is_asked_for_is_read() =>
        Assert.Equal("OB", Read(ExporterPages.PrometheusNutExporter(("a", "OL"), ("b", "OB")), "b").Flags.ToString());

    private static ExporterPage Read(string text, string? ups)
    {
        var page = ExporterPage.Parse(text, ups, out var fault);
        Assert.True(page is not null, fault.Detail);
        return page;
    }

    private static UpsFault Refused(string text, string? ups)
    {
        Assert.Null(ExporterPage.Parse(text, ups, out var fault));
        Assert.NotEmpty(fault.Detail);
        return fault.Kind;
    }
}
