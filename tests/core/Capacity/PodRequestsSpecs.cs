using Ebb.Core.Capacity;

namespace Ebb.Core.Tests.Capacity;

public sealed class PodRequestsSpecs
{
    private readonly ResourceTable _resources = new();

    private Amounts Cpu(long millis) => Amounts.Of([(_resources.IdOf("cpu"), millis)]);

    private long Of(long overhead, long? whole, params (long Millis, string Sort)[] containers) =>
        PodRequests
            .Of(
                _resources,
                [
                    .. containers.Select(c => new ContainerRequests(
                        Cpu(c.Millis),
                        c.Sort != "main",
                        c.Sort == "sidecar"
                    )),
                ],
                Cpu(overhead),
                whole is { } w ? Cpu(w) : null
            )
            .Of(_resources.IdOf("cpu"));

    [Fact]
    public void Containers_add_up() => Assert.Equal(300, Of(0, null, (100, "main"), (200, "main")));

    [Fact]
    public void The_largest_init_container_counts_when_it_is_larger_than_all_that_stays() =>
        Assert.Equal(900, Of(0, null, (900, "init"), (500, "init"), (100, "main"), (200, "main")));

    [Fact]
    public void A_small_init_container_does_not_count() => Assert.Equal(300, Of(0, null, (200, "init"), (300, "main")));

    [Fact]
    public void A_sidecar_adds_to_what_runs() => Assert.Equal(400, Of(0, null, (100, "sidecar"), (300, "main")));

    [Fact]
    public void An_init_container_runs_beside_the_sidecars_before_it() =>
        Assert.Equal(600, Of(0, null, (100, "sidecar"), (500, "init"), (300, "main")));

    [Fact]
    public void An_init_container_does_not_run_beside_the_sidecars_after_it() =>
        Assert.Equal(500, Of(0, null, (500, "init"), (100, "sidecar"), (300, "main")));

    [Fact]
    public void Overhead_is_added() => Assert.Equal(350, Of(50, null, (300, "main")));

    [Fact]
    public void Requests_of_the_pod_go_before_its_containers() => Assert.Equal(1050, Of(50, 1000, (300, "main")));

    [Theory]
    [InlineData(null, 4000L, 300, 350)]
    [InlineData(null, 4000L, 0, 4050)]
    [InlineData(2000L, 4000L, 300, 2050)]
    [InlineData(null, null, 300, 350)]
    public void A_limit_of_the_pod_is_its_request_where_nothing_else_says_one(
        long? whole,
        long? limit,
        long container,
        long requests
    ) =>
        Assert.Equal(
            requests,
            PodRequests
                .Of(
                    _resources,
                    [new ContainerRequests(Cpu(container), false, false)],
                    Cpu(50),
                    whole is { } w ? Cpu(w) : null,
                    limit is { } l ? Cpu(l) : null
                )
                .Of(_resources.IdOf("cpu"))
        );

    [Theory]
    [InlineData(4000L, 0, 4050)]
    [InlineData(4000L, 500, 4050)]
    [InlineData(null, 500, 550)]
    [InlineData(null, 0, 0)]
    public void Limits_of_the_pod_go_before_those_of_its_containers(long? whole, long container, long limits) =>
        Assert.Equal(
            limits,
            PodRequests
                .LimitsOf(
                    _resources,
                    [new ContainerRequests(Amounts.None, false, false) { Limits = Cpu(container) }],
                    Cpu(50),
                    whole is { } w ? Cpu(w) : null
                )
                .Of(_resources.IdOf("cpu"))
        );

    [Fact]
    public void Every_pod_takes_one_place() =>
        Assert.Equal(1, PodRequests.Of(_resources, [], Amounts.None).Of(_resources.Pods));
}
