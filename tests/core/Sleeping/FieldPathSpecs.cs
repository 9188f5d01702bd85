using Ebb.Core.Workloads.Declared;

namespace Ebb.Core.Tests.Sleeping;

public class FieldPathSpecs
{
    [Theory]
    [InlineData("spec.numberOfInstances", "spec.numberOfInstances")]
    [InlineData(".spec.a", "spec.a")]
    [InlineData("spec.a['x.y/z'].b", "spec.a[\"x.y/z\"].b")]
    [InlineData("metadata.annotations[\"strimzi.io/pause\"]", "metadata.annotations[\"strimzi.io/pause\"]")]
    [InlineData("spec[\"plain\"]", "spec.plain")]
    public void Two_spellings_of_one_place_are_equal(string written, string text)
    {
        Assert.Equal(text, FieldPath.Parse(written)!.Text);
        Assert.Equal(FieldPath.Parse(text), FieldPath.Parse(written));
    }

    [Theory]
    [InlineData("spec.a", true)]
    [InlineData("metadata.annotations['a.b/c']", true)]
    [InlineData("metadata.labels.a", true)]
    [InlineData("spec", false)]
    [InlineData("metadata.finalizers", false)]
    [InlineData("metadata.ownerReferences.a", false)]
    [InlineData("status.a", false)]
    public void Only_the_spec_annotations_and_labels_may_be_written(string path, bool writable) =>
        Assert.Equal(writable, FieldPath.Parse(path)!.IsWritable);

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("spec.")]
    [InlineData("spec..a")]
    [InlineData("spec.a[")]
    [InlineData("spec.a[0]")]
    [InlineData("spec.a['']")]
    [InlineData("spec.a['b'")]
    [InlineData("spec.a['b']c")]
    [InlineData("spec.a['b\"c']")]
    [InlineData("spec.a.['b']")]
    [InlineData("spec.a b")]
    [InlineData("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q")]
    public void What_is_no_path_is_none(string? written) => Assert.Null(FieldPath.Parse(written));
}
