using Ebb.Core.Power;
using Ebb.Nut;
using Ebb.Nut.Exporters;
using Ebb.Nut.Upsd;
using Ebb.Tests.Nut.Rig;
using NodaTime;

namespace Ebb.Tests.Nut;

/// <summary>Forty real devices (networkupstools/nut-ddl), as upsd and as nut_exporter tell of them.</summary>
public sealed class DeviceDumpSpecs
{
    [Fact]
    public void Every_device_is_read_the_same_way_from_upsd_and_from_the_exporter()
    {
        var folder = DeviceDumps.Need();
        var index = File.ReadAllLines(Path.Combine(folder, "index.csv")).Skip(1).ToList();
        var wires = Directory.GetFiles(Path.Combine(folder, "wire"));
        Assert.Equal((40, 40), (index.Count, wires.Length));
        foreach (var file in wires)
        {
            var device = Path.GetFileNameWithoutExtension(file);
            var wire = OfWire(file);
            var page = ExporterPage.Parse(
                File.ReadAllText(Path.Combine(folder, "prom", device + ".prom")),
                null,
                out var fault
            );
            Assert.True(page is not null, $"{device}: {fault.Detail}");

            Assert.NotNull(wire.Flags);
            Assert.Equal(
                wire.Flags.Tokens.Order(StringComparer.Ordinal),
                page.Flags.Tokens.Order(StringComparer.Ordinal)
            );
            // "36:00" and the like are left out by the exporter and unknown here: the same thing in the end.
            Assert.Equal(
                (device, wire.Charge, wire.Runtime, wire.Load),
                (device, page.Charge, page.Runtime, page.Load)
            );
            Assert.Equal((wire.ChargeLow, wire.RuntimeLow), (page.ChargeLow, page.RuntimeLow));
        }
    }

    [Fact]
    public void What_a_device_makes_up_is_unknown()
    {
        foreach (
            var (device, status, charge, runtime) in (ReadOnlySpan<(string, string, double?, int?)>)
                [
                    ("APC__Back-UPS_ES_750__usbhid-ups__2.6.4__01", "OL CHRG LB", 35d, null),
                    ("APC__Back-UPS_RS_900__usbhid-ups__2.4.1__01", "OL", 100d, 2122),
                    ("APC__Smart-UPS_1000__snmp-ups__2.7.4__01", "OB", 93d, 70680),
                    ("APC__Smart-UPS_2200__usbhid-ups__2.7.4__01", "OB DISCHRG", 93d, null),
                    ("APC__AP7724__snmp-ups__2.7.4.1__01", "OL", null, null),
                    ("Cyber_Power_Systems__OP1000E__cpsups__2.0.5__01", "OL", 100d, null),
                    ("Cyber_Power_Systems__CP850PFCLCD__usbhid-ups__2.4.3__01", "OL", null, 450),
                    ("Eaton__93PM__snmp-ups__2.7.4__02", "ALARM OL RB", 0d, null),
                    ("MGE_UPS_SYSTEMS__Ellipse_800_USBS__mge-shut__2.0.2__01", "OB DISCHRG", 82d, 1406),
                    ("Powercom__BNT-1500AP__powercom__2.4.3__01", "OL", null, null),
                    ("Riello__IPG_600__riello_usb__2.7.4__01", "OL", null, null),
                    ("Exide__NetUPS_SE_PRC2400a__upscode2__2.0.2__01", "OL", 96.9, 1140),
                    ("HP__R12000-3UPS__snmp-ups__2.7.1__01", "OL DISCHRG OB", 94d, 4620),
                ]
        )
        {
            var reading = OfWire(DeviceDumps.Need("wire", device + ".txt"));
            Assert.Equal(
                (device, status, charge, runtime),
                (device, reading.Flags!.ToString(), reading.Charge, (int?)reading.Runtime?.TotalSeconds)
            );
        }
    }

    [Fact]
    public void No_device_on_mains_starts_an_outage_whatever_else_it_says()
    {
        var settings = new PowerSettings();
        var began = Instant.FromUtc(2026, 1, 15, 12, 0);
        var onBattery = 0;
        foreach (var file in Directory.GetFiles(DeviceDumps.Need("wire")))
        {
            var reading = OfWire(file);
            var memory = new SupplyMemory { Ups = "ups" };
            var now = began;
            // Ten minutes of the same, as a device that sits on mains says it.
            for (; now < began + Duration.FromMinutes(10); now += Duration.FromSeconds(2))
                memory = memory.After([reading with { At = now }], settings, now);
            var verdict = PowerVerdict.Of(memory.At(now, settings), settings, null, null, now);
            var battery =
                reading.Flags!.Contains("OB") && !reading.Flags.Contains("OL") && !reading.Flags.Contains("CAL");
            if (battery)
                onBattery++;
            Assert.True(
                (verdict.Wish == PowerWish.Sleep) == battery,
                $"{Path.GetFileName(file)} says \"{reading.Flags}\": {verdict.Reason}"
            );
        }
        Assert.Equal(6, onBattery);
    }

    private static UpsReading OfWire(string file)
    {
        var lines = File.ReadAllText(file, System.Text.Encoding.Latin1).TrimEnd('\n').Split('\n');
        var list = new VariableList(lines[0].Split(' ')[3]);
        foreach (var line in lines)
            list.Feed(line);
        Assert.True(list.Ended, file);
        Assert.Null(list.Fault);
        return Variables.ToReading("ups", file, Instant.MinValue, list.Variables);
    }
}
