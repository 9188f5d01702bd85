using Ebb.Core.Ports;
using Ebb.Core.Power;
using Ebb.Nut;
using Ebb.Tests.Nut.Rig;
using NodaTime;

namespace Ebb.Tests.Nut;

public sealed class RealUpsdSpecs
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal static IUpsSource Source(string address, TimeProvider? clock = null)
    {
        var outcome = UpsSourceAddress.Parse(address);
        Assert.Empty(outcome.Errors);
        return UpsSources.Create([outcome.Address!], clock ?? TimeProvider.System)[0];
    }

    [Fact]
    public async Task What_the_driver_says_is_read_at_once()
    {
        await using var upsd = await RealUpsd.StartAsync();
        await using var source = Source(upsd.Address);

        var reading = Assert.IsType<UpsReading>(await source.ReadAsync(Stop));
        Assert.Equal(UpsFlags.Parse("OL"), reading.Flags);
        Assert.Equal((100, 17, 10), (reading.Charge, reading.Load, reading.ChargeLow));
        Assert.Equal((Duration.FromSeconds(1380), Duration.FromSeconds(120)), (reading.Runtime, reading.RuntimeLow));
        Assert.Null(reading.Alarm);

        foreach (var status in (string[])["OB DISCHRG", "OB DISCHRG LB", "FSD OB LB", "OL CHRG", "ol  chrg ", " OL", "FOO OL", "CAL OB", "", "\"", "a#b\\c"])
        {
            await upsd.SetAsync("ups.status", status);
            Assert.Equal(UpsFlags.Parse(status), Assert.IsType<UpsReading>(await source.ReadAsync(Stop)).Flags);
        }
    }
}
