using System.Diagnostics.Metrics;
using Ebb.Metrics;

namespace Ebb.Tests.Metrics;

public sealed class ExpositionSpecs
{
    [Fact]
    public void Names_types_labels_and_buckets_stand_as_prometheus_reads_them()
    {
        using var meter = new Meter("exposition-specs");
        using var shown = new Exposition("exposition-specs");
        var known = true;
        meter.CreateObservableGauge(
            "a.charge",
            () =>
                known
                    ?
                    [
                        new Measurement<double>(
                            0.5,
                            new KeyValuePair<string, object?>("ups", "the \"big\"\\one\n\u001b")
                        ),
                    ]
                    : Array.Empty<Measurement<double>>(),
            "1",
            "A share\nof 1."
        );
        meter
            .CreateCounter<long>("b.requests", "{request}", "Requests.")
            .Add(2, new KeyValuePair<string, object?>("http.code", 200));
        var spans = meter.CreateHistogram<double>(
            "c.span",
            "s",
            "Spans.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] }
        );
        spans.Record(0.5);
        spans.Record(3);
        Assert.Equal(
            """
            # HELP a_charge_ratio A share\nof 1.
            # TYPE a_charge_ratio gauge
            a_charge_ratio{ups="the \"big\"\\one\\u000a\\u001b"} 0.5
            # HELP b_requests_total Requests.
            # TYPE b_requests_total counter
            b_requests_total{http_code="200"} 2
            # HELP c_span_seconds Spans.
            # TYPE c_span_seconds histogram
            c_span_seconds_bucket{le="0.5"} 1
            c_span_seconds_bucket{le="1"} 1
            c_span_seconds_bucket{le="+Inf"} 2
            c_span_seconds_sum 3.5
            c_span_seconds_count 2

            """.ReplaceLineEndings("\n"),
            shown.Render()
        );
        known = false;
        Assert.DoesNotContain("a_charge", shown.Render(), StringComparison.Ordinal);
    }
}
