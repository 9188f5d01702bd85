using Ebb.Core.Power;

namespace Ebb.Core.Tests.Power;

public sealed class CopiedOrderSpecs
{
    private const string Name = "20260115-120000-000-shutdown-0123abcd";

    // Minutes after it was named: when the object was stored, and now.
    [Theory]
    [InlineData(Name, 0, 0, null)]
    [InlineData(Name, 0, 900, null)]
    [InlineData(Name, 10, 600, null)]
    [InlineData(Name, 11, 12, "it was asked for at 2026-01-15T12:00:00Z")]
    [InlineData(Name, 100_000, 100_000, "it was asked for at 2026-01-15T12:00:00Z")]
    // The clock of the process that named it is behind, or ahead.
    [InlineData(Name, 120, 0, null)]
    [InlineData(Name, -120, 0, null)]
    // A person's own name says nothing of a time.
    [InlineData("shut-now", 100_000, 100_000, null)]
    [InlineData("20261399-120000-000-x", 100_000, 100_000, null)]
    [InlineData("20260115", 100_000, 100_000, null)]
    public void An_order_that_was_stored_long_after_it_was_named_comes_from_a_copy(
        string name,
        double stored,
        double now,
        string? fault
    )
    {
        var found = CopiedOrder.Fault(name, At.Second(60 * stored), false, At.Second(60 * now));
        Assert.Equal(fault is null, found is null);
        Assert.StartsWith(fault ?? "", found ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void So_does_one_that_a_backup_has_restored() =>
        Assert.Contains(
            "velero.io/restore-name",
            CopiedOrder.Fault("now", At.Zero, true, At.Zero),
            StringComparison.Ordinal
        );
}
