/* bench_empty: a dynamically linked program that does nothing, the floor of every start. */
int main(void)
{
    return 0;
}
