using Ebb.Core.Power;
using Ebb.Core.Tests.Planning;
using NodaTime;

namespace Ebb.Core.Tests.Power;

/// <summary>What stored orders add up to, and what becomes of each.</summary>
public class OrdersSpecs
{
    private static PowerOrder Order(
        string name,
        OrderAction action,
        double at,
        double? until = null,
        OrderStatus? status = null,
        string version = "1"
    ) =>
        new(
            name,
            "uid-" + name,
            version,
            action,
            At.Second(at),
            "because",
            until is { } end ? At.Second(end) : null,
            null,
            status ?? OrderStatus.Pending
        );

    private static string InForce(Orders orders) =>
        string.Join(
            " ",
            new[] { orders.Hold, orders.Drill, orders.Shutdown, orders.Restore }
                .OfType<PowerOrder>()
                .Select(o => o.Name)
        );

    private static readonly OrderStatus Done = new(OrderPhase.Done, "over", EndedAt: At.Second(1));

    [Theory]
    [InlineData("shutdown@1 restore@2", "restore")]
    [InlineData("restore@1 shutdown@2", "shutdown")]
    [InlineData("drill@1 shutdown@2", "shutdown")]
    [InlineData("shutdown@1 drill@1", "drill")] // within a second the name tells: 0-shutdown before 1-drill
    [InlineData("hold@1 shutdown@2 restore@3", "hold restore")]
    [InlineData("", "")]
    public void A_later_one_replaces_an_earlier_one_and_a_hold_stands_beside_them(string given, string inForce)
    {
        var stored = given
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(
                (text, i) =>
                    Order(
                        $"{i}-{text.Split('@')[0]}",
                        Enum.Parse<OrderAction>(text.Split('@')[0], true),
                        text[^1] - '0'
                    )
            )
            .Reverse();
        Assert.Equal(
            inForce,
            string.Join(
                ' ',
                InForce(Orders.Of(stored, At.Second(9)))
                    .Split(' ')
                    .Select(n => n[(n.IndexOf('-', StringComparison.Ordinal) + 1)..])
            )
        );
    }

    [Theory]
    [InlineData("z-shutdown 9 Pending", "a-restore 10 Pending", "a-restore")]
    [InlineData("z-restore 10 Pending", "a-shutdown 11 Pending", "a-shutdown")]
    [InlineData("z-shutdown 12 InForce", "a-restore 11 Pending", "a-restore")]
    [InlineData("z-shutdown x Pending", "a-restore y Pending", "z-shutdown")] // where no version tells, the name
    public void Within_a_second_the_one_that_was_created_last_counts(string first, string second, string inForce)
    {
        List<PowerOrder> stored = [.. new[] { first, second }.Select(Read)];
        var now = At.Second(2);
        var orders = Orders.Of(stored, now);
        Assert.Equal(inForce, InForce(orders));
        var told = Assert.Single(
            OrderResults.Of(stored, orders, false, now),
            result => result.Status.Phase == OrderPhase.Done
        );
        Assert.Equal($"replaced by {inForce}", told.Status.Message);

        static PowerOrder Read(string text)
        {
            var parts = text.Split(' ');
            return Order(
                parts[0],
                Enum.Parse<OrderAction>(parts[0].Split('-')[1], true),
                1,
                status: new OrderStatus(Enum.Parse<OrderPhase>(parts[2]), ""),
                version: parts[1]
            );
        }
    }

    [Fact]
    public void What_is_over_or_refused_does_not_count_but_the_answer_that_a_restore_was_stays()
    {
        PowerOrder[] stored =
        [
            Order("a", OrderAction.Restore, 3, status: Done),
            Order("b", OrderAction.Restore, 4, status: Done with { Phase = OrderPhase.Refused }),
            Order("c", OrderAction.Shutdown, 5, status: Done),
        ];
        var orders = Orders.Of(stored, At.Second(9));
        Assert.Equal(("", At.Second(3)), (InForce(orders), orders.Acknowledged));
    }

    [Theory]
    [InlineData(8.9, "long")]
    [InlineData(9, "")]
    public void Of_several_holds_the_one_that_ends_last_counts_and_its_end_is_excluded(double now, string inForce)
    {
        PowerOrder[] stored =
        [
            Order("long", OrderAction.Hold, 1, until: 9),
            Order("short", OrderAction.Hold, 2, until: 5),
        ];
        Assert.Equal(inForce, InForce(Orders.Of(stored, At.Second(now))));
    }

    [Theory]
    [InlineData(OrderPhase.Pending)]
    [InlineData(OrderPhase.InForce)]
    public void A_hold_whose_end_cannot_be_read_does_not_count_and_is_refused(OrderPhase phase)
    {
        var hold = Order("a", OrderAction.Hold, 1, status: new OrderStatus(phase, "")) with { Fault = "spec.until: x" };
        var power = PowerState.Of([], new PowerSettings(), null, null, At.Zero);
        var orders = Orders.Of([hold], At.Second(2));
        Assert.Equal("", InForce(orders));
        Assert.Equal("spec.until: x", OrderResults.Refusal(hold, power, null, true));
        Assert.Empty(OrderResults.Of([hold], orders, false, At.Second(2)));
    }

    [Theory]
    [InlineData(30, false)]
    [InlineData(31, true)]
    public void A_hold_of_more_than_30_days_is_refused_before_it_counts(int days, bool refused)
    {
        var hold = Order("a", OrderAction.Hold, 1, until: 1 + (days * 86400));
        var power = PowerState.Of([], new PowerSettings(), null, null, At.Zero);
        var told = refused ? "spec.until: expected at most 30 days from now, found " : null;
        Assert.Equal(told, OrderResults.Refusal(hold, power, null, true)?[..told!.Length]);
        var counts = hold with { Status = new OrderStatus(OrderPhase.InForce, "") };
        Assert.Null(OrderResults.Refusal(counts, power, null, true));
    }

    [Fact]
    public void Each_order_is_told_what_became_of_it()
    {
        PowerOrder[] stored =
        [
            Order("a", OrderAction.Shutdown, 1),
            Order("b", OrderAction.Restore, 2),
            Order("c", OrderAction.Hold, 3, until: 4),
        ];
        var now = At.Second(5);
        var orders = Orders.Of(stored, now);
        var results = OrderResults.Of(stored, orders, false, now).ToDictionary(r => r.Order.Name, r => r.Status);
        Assert.Equal((OrderPhase.Done, "replaced by b", now), Told("a"));
        Assert.Equal((OrderPhase.InForce, "it counts", (Instant?)null), Told("b"));
        Assert.Equal((OrderPhase.Done, "its end has come", now), Told("c"));
        results = OrderResults
            .Of(stored, orders.CarriedOut(), false, now)
            .ToDictionary(r => r.Order.Name, r => r.Status);
        Assert.Equal((OrderPhase.Done, "everything is awake", now), Told("b"));
        results = OrderResults
            .Of(stored, orders.WithoutRestore(), true, now)
            .ToDictionary(r => r.Order.Name, r => r.Status);
        Assert.Equal((OrderPhase.Done, "power has failed again", now), Told("b"));

        (OrderPhase, string, Instant?) Told(string name) =>
            (results[name].Phase, results[name].Message, results[name].EndedAt);
    }

    [Fact]
    public void The_youngest_that_are_over_are_kept_and_the_last_restore()
    {
        var stored = Enumerable
            .Range(0, OrderResults.Kept + 5)
            .Select(i => Order($"{i:00}", i == 0 ? OrderAction.Restore : OrderAction.Drill, i, status: Done))
            .ToList();
        Assert.Equal(["04", "03", "02", "01"], OrderResults.Obsolete(stored).Select(o => o.Name));
    }

    [Fact]
    public void A_refused_restore_does_not_take_the_place_of_the_one_that_was_accepted()
    {
        var refused = Done with { Phase = OrderPhase.Refused };
        PowerOrder[] stored =
        [
            Order("accepted", OrderAction.Restore, 0, status: Done),
            Order("refused", OrderAction.Restore, 1, status: refused),
            .. Enumerable.Range(2, OrderResults.Kept).Select(i => Order($"{i:00}", OrderAction.Drill, i, status: Done)),
        ];
        Assert.Equal(["refused"], OrderResults.Obsolete(stored).Select(o => o.Name));
    }

    [Theory]
    [InlineData(OrderAction.Drill, true)]
    [InlineData(OrderAction.Shutdown, true)]
    [InlineData(OrderAction.Restore, true)]
    [InlineData(OrderAction.Hold, false)]
    public void Where_nothing_would_be_done_an_order_is_refused(OrderAction action, bool refused)
    {
        var power = PowerState.Of([], new PowerSettings(), null, null, At.Zero);
        Assert.Null(OrderResults.Refusal(action, power, null, true));
        Assert.Equal(refused, OrderResults.Refusal(action, power, null, false) is not null);
    }
}
