using System.Text;

namespace Ebb.Tests.Nut.Rig;

/// <summary>Pages in the form in which the two exporters write them.</summary>
internal static class ExporterPages
{
    /// <summary>
    /// The flags that nut_exporter shows with 0 when they are not set (its default <c>--nut.statuses</c>).
    /// </summary>
    private static readonly string[] Configured =
    [
        "OL",
        "OB",
        "LB",
        "HB",
        "RB",
        "CHRG",
        "DISCHRG",
        "BYPASS",
        "CAL",
        "OFF",
        "OVER",
        "TRIM",
        "BOOST",
        "FSD",
        "SD",
    ];

    /// <summary>The flags that prometheus-nut-exporter knows; it shows no other.</summary>
    private static readonly string[] Known =
    [
        "OL",
        "OB",
        "LB",
        "CHRG",
        "RB",
        "FSD",
        "BYPASS",
        "SD",
        "CP",
        "BOOST",
        "OFF",
    ];

    /// <summary>
    /// DRuggeri/nut_exporter 3.2.5 with all variables: one series for each blank-separated token of the status, as it
    /// is
    /// written, and for each flag that it is told to show with 0.
    /// </summary>
    /// <param name="status">Of the UPS; null: the device reports none.</param>
    /// <param name="prefix">The namespace that it is started with.</param>
    /// <param name="showsAbsent">False: started with an empty <c>--nut.statuses</c>.</param>
    /// <param name="showsRuntime">False: its default variables, among which the runtime is not.</param>
    public static string NutExporter(
        string? status,
        string prefix = "network_ups_tools",
        bool showsAbsent = true,
        bool showsRuntime = true
    )
    {
        var page = new StringBuilder();
        Family(page, prefix + "_battery_charge", "Battery charge (percent of full) (battery.charge)", ("", "88"));
        if (showsRuntime)
            Family(page, prefix + "_battery_runtime", "Battery runtime (seconds) (battery.runtime)", ("", "1173"));
        Family(
            page,
            prefix + "_device_info",
            "UPS Device information",
            ("{contact=\"\",mfr=\"Acme\",model=\"Rack \\\"A\\\"\",serial=\"1\",type=\"ups\"}", "1")
        );
        Family(page, prefix + "_ups_load", "Load on UPS (percent of full) (ups.load)", ("", "17"));
        if (status is not null)
        {
            var tokens = status.Split(' ');
            var flags = tokens
                .Concat(showsAbsent ? Configured.Except(tokens) : [])
                .Order(StringComparer.Ordinal)
                .Select(flag => ($"{{flag=\"{flag}\"}}", tokens.Contains(flag) ? "1" : "0"));
            Family(page, prefix + "_ups_status", "UPS status (ups.status)", [.. flags]);
        }
        Family(page, "promhttp_metric_handler_requests_total", "Scrapes by HTTP status.", ("{code=\"200\"}", "1"));
        return page.ToString();
    }

    /// <summary>
    /// HON95/prometheus-nut-exporter 1.2.1: charge and load from 0 to 1, a label for the UPS, no token but its own.
    /// </summary>
    public static string PrometheusNutExporter(params (string Ups, string Status)[] upses)
    {
        var page = new StringBuilder();
        page.Append("# TYPE nut_ups_status stateset\n# UNIT nut_ups_status \n# HELP nut_ups_status UPS status.\n");
        foreach (var (ups, status) in upses)
        {
            foreach (var flag in Known)
                page.Append("nut_ups_status{ups=\"")
                    .Append(ups)
                    .Append("\",status=\"")
                    .Append(flag)
                    .Append(status.Split(' ').Contains(flag) ? "\"} 1\n" : "\"} 0\n");
        }
        foreach (
            var (name, unit, value) in new[]
            {
                ("nut_load", "", "0.17000000000000001"),
                ("nut_battery_charge", "", "0.88000000000000000"),
                ("nut_battery_runtime_seconds", "seconds", "1173"),
            }
        )
        {
            page.Append($"# TYPE {name} gauge\n# UNIT {name} {unit}\n# HELP {name} A value.\n");
            foreach (var (ups, _) in upses)
                page.Append($"{name}{{ups=\"{ups}\"}} {value}\n");
        }
        return page.Append("# EOF\n").ToString();
    }

    private static void Family(
        StringBuilder page,
        string name,
        string help,
        params (string Labels, string Value)[] rows
    )
    {
        page.Append($"# HELP {name} {help}\n# TYPE {name} gauge\n");
        foreach (var (labels, value) in rows)
            page.Append($"{name}{labels} {value}\n");
    }
}
